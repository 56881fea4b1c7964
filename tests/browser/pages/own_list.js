export function list(hits) {
  const items = hits.map(({ pattern }) => {
    const item = document.createElement("li");
    item.textContent = pattern.task_description;
    return item;
  });
  document.querySelector("#found").replaceChildren(...items);
}
