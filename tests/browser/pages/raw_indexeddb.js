/** A database of IndexedDB to JSON and back, through the raw API and with nothing of Pramana. */

/** @param {IDBRequest} request */
const result = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const isBytes = (value) => value instanceof Uint8Array;

function toJson(value) {
  if (isBytes(value)) return { $bytes: btoa(String.fromCharCode(...value)) };
  if (Array.isArray(value)) return value.map(toJson);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toJson(inner)]));
}

function fromJson(value) {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(fromJson);
  if ("$bytes" in value) return Uint8Array.from(atob(value.$bytes), (byte) => byte.charCodeAt(0));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fromJson(inner)]));
}

/** Everything in a database, with the shape of its stores. */
export async function dump(name) {
  const db = await result(indexedDB.open(name));
  const stores = {};
  const transaction = db.transaction([...db.objectStoreNames]);
  for (const store of [...db.objectStoreNames].map((each) => transaction.objectStore(each))) {
    const indexes = [...store.indexNames].map((each) => store.index(each));
    stores[store.name] = {
      keyPath: store.keyPath,
      autoIncrement: store.autoIncrement,
      indexes: indexes.map(({ name, keyPath, unique }) => ({ name, keyPath, unique })),
      keys: await result(store.getAllKeys()),
      values: (await result(store.getAll())).map(toJson),
    };
  }
  db.close();
  return { version: db.version, stores };
}

/** Make a database of what `dump` returned; there must be none of that name. */
export async function restore(name, { version, stores }) {
  const request = indexedDB.open(name, version);
  request.onupgradeneeded = () => {
    for (const [each, { keyPath, autoIncrement, indexes, keys, values }] of Object.entries(stores)) {
      const store = request.result.createObjectStore(each, { keyPath, autoIncrement });
      for (const index of indexes) store.createIndex(index.name, index.keyPath, { unique: index.unique });
      for (const [i, value] of values.entries()) {
        if (keyPath === null) store.put(fromJson(value), keys[i]);
        else store.put(fromJson(value));
      }
    }
  };
  (await result(request)).close();
}
