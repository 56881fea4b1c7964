/** Tabs as the ARIA practices describe them: one stop for the Tab key, arrows between the tabs, each shows its panel. */

/**
 * @param {HTMLElement} list with role "tablist"; each of its tabs names its panel by `aria-controls`
 * @param {(name: string) => void} onChosen called with the tab's `data-tab` when another one was chosen
 * @returns {(name: string) => void} chooses a tab
 */
export function createTabs(list, onChosen) {
  const tabs = /** @type {HTMLButtonElement[]} */ ([...list.querySelectorAll("[role=tab]")]);

  /** @param {string} name */
  function choose(name) {
    if (tabs.every((tab) => tab.dataset.tab !== name)) return;
    for (const tab of tabs) {
      const chosen = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (panel) panel.hidden = !chosen;
    }
    onChosen(name);
  }

  list.addEventListener("click", ({ target }) => {
    const tab = target instanceof Element ? target.closest("[role=tab]") : null;
    if (tab instanceof HTMLElement && tab.dataset.tab) choose(tab.dataset.tab);
  });
  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    const tab = /** @type {HTMLButtonElement} */ (tabs.at(next % tabs.length));
    tab.focus();
    choose(tab.dataset.tab ?? "");
  });

  return choose;
}
