/**
 * A forum's plugin API, as far as the component uses it; it has the published types. What happens is kept in
 * `window.forum`.
 *
 * @typedef {import("discourse/lib/plugin-api").PluginApi} PluginApi
 * @type {Pick<PluginApi, "decorateCookedElement" | "getCurrentUser" | "container">}
 */
const api = {
  decorateCookedElement(callback, options) {
    if (options?.onlyStream) {
      window.forum.decorators.push(callback);
    }
  },
  getCurrentUser() {
    return window.forum.user;
  },
  container: {
    lookup(name) {
      return name === "service:composer"
        ? { open: (what) => window.forum.opened.push(what) }
        : undefined;
    },
  },
};

/** @param {(api: PluginApi, options: object) => any} callback */
export function apiInitializer(callback) {
  callback(/** @type {PluginApi} */ (api), {});
}

/** @param {string} path */
export async function ajax(path) {
  window.forum.asked.push(path);
  const found = window.forum.revisions[path];
  if (!found) {
    throw new Error("403");
  }
  return found;
}

/**
 * @param {string} key
 * @param {Record<string, string>} [values]
 */
export function i18n(key, values = {}) {
  return window.forum.words[key].replace(
    /%\{(\w+)\}/g,
    (_whole, name) => values[name]
  );
}

/** @param {string} path */
export default function getURL(path) {
  return `/forum${path}`;
}
