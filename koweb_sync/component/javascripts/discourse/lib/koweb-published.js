/**
 * What koweb published, as `koweb push` writes it into the setting of that name. It says nothing about people.
 *
 * @typedef {object} Published
 * @property {string} repository - the address of the repository's page, without a slash at its end; "" for none
 * @property {string} forge - what answers there: github, gitlab or forgejo; "" for none that we know
 * @property {string} branch - the branch that is published
 * @property {Record<string, Entry>} topics - by the number of the topic
 *
 * @typedef {[path: string, version: number, day: string]} Entry - the file, the version of the first post that was
 * agreed on, and the day (ISO) of the last agreed change, "" where nobody knows
 */

const FORMAT = 1;

/** Where a forge shows a file's history, and where one edits it. */
const PAGES = {
  github: { history: "commits", edit: "edit" },
  gitlab: { history: "-/commits", edit: "-/edit" },
  forgejo: { history: "commits/branch", edit: "_edit" },
};

/**
 * @param {unknown} text - the setting
 * @returns {Published | null} null for nothing, and for what a newer koweb wrote
 */
export function readPublished(text) {
  try {
    const found = JSON.parse(String(text));
    return found?.version === FORMAT && found.topics ? found : null;
  } catch {
    return null;
  }
}

/**
 * @param {Published | null} published
 * @param {number | string} topic
 * @returns {Entry | null}
 */
export function entryOf(published, topic) {
  const topics = published?.topics ?? {};
  const entry = Object.hasOwn(topics, topic) ? topics[topic] : null;
  const whole =
    Array.isArray(entry) &&
    typeof entry[0] === "string" &&
    Number.isInteger(entry[1]);
  return whole ? entry : null;
}

/**
 * @param {Published} published
 * @param {string} path - of the file
 * @returns {{history: string, edit: string} | null} addresses of pages; null where no forge is known
 */
export function pagesOf(published, path) {
  const names = Object.hasOwn(PAGES, published.forge)
    ? PAGES[published.forge]
    : null;
  if (!names || !isWebAddress(published.repository)) {
    return null;
  }
  const place = `${encoded(published.branch)}/${encoded(path)}`;
  const page = (name) => `${published.repository}/${name}/${place}`;
  return { history: page(names.history), edit: page(names.edit) };
}

/**
 * A day as people write it.
 *
 * @param {string} day - ISO
 * @param {string} language - of the reader
 * @returns {string} "" for what is no day
 */
export function dayInWords(day, language) {
  const at = new Date(`${day}T12:00:00Z`);
  const how = /** @type {const} */ ({ dateStyle: "long", timeZone: "UTC" });
  try {
    return new Intl.DateTimeFormat(language.replace("_", "-"), how).format(at);
  } catch {
    return ""; // no day, or a language that the browser does not know
  }
}

function encoded(path) {
  return String(path).split("/").map(encodeURIComponent).join("/");
}

function isWebAddress(text) {
  try {
    return new URL(text).protocol === "https:";
  } catch {
    return false;
  }
}
