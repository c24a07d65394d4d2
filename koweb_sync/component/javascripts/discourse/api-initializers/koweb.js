import { ajax } from "discourse/lib/ajax";
import { apiInitializer } from "discourse/lib/api";
import getURL from "discourse/lib/get-url";
import { i18n } from "discourse-i18n";
import {
  dayInWords,
  entryOf,
  pagesOf,
  readPublished,
} from "../lib/koweb-published";

/** @typedef {import("discourse/lib/plugin-api").PluginApi} PluginApi */
/** @typedef {import("../lib/koweb-published").Entry} Entry */

/** Under the first post of a topic that koweb published: that its text is versioned, and how to change it. */
export default apiInitializer((/** @type {PluginApi} */ api) => {
  const published = readPublished(settings.koweb_published);
  if (!published) {
    return;
  }
  const authors = new Map();
  api.decorateCookedElement(
    (cooked, helper) => {
      const post = helper?.getModel?.() ?? helper?.model;
      const entry =
        post?.post_number === 1 ? entryOf(published, post.topic_id) : null;
      if (!entry || cooked.querySelector(":scope > .koweb-note")) {
        return;
      }
      const note = written(api, published, post, entry);
      cooked.append(note);
      if (settings.show_author) {
        sayAuthor(note, post, entry, authors);
      }
      return () => note.remove();
    },
    { onlyStream: true }
  );
});

function words(key, values = {}) {
  return i18n(themePrefix(`koweb.${key}`), values);
}

/**
 * @param {PluginApi} api
 * @param {Entry} entry
 */
function written(api, published, post, entry) {
  const [path, version, day] = entry;
  const parts = [made("span", { textContent: words("versioned") })];
  const pages = pagesOf(published, path);
  if (pages) {
    parts.push(linked(pages.edit, words("propose")));
    parts.push(linked(pages.history, words("history")));
  } else {
    parts.push(...proposing(api, post));
  }
  const date = dayInWords(day, document.documentElement.lang);
  if (date) {
    const textContent = words("agreed", { date });
    parts.push(made("span", { className: "koweb-note__agreed", textContent }));
  }
  if (version > 0 && post.version > version) {
    parts.push(made("span", { textContent: words("moved_on") }));
  }
  const note = made("div", { className: "koweb-note", role: "note" });
  note.setAttribute("aria-label", words("note"));
  note.append(...parts.flatMap((part) => [part, " "]));
  return note;
}

/**
 * Where no forge is known a change is proposed in a reply, by who may reply.
 *
 * @param {PluginApi} api
 */
function proposing(api, post) {
  const composer =
    api.getCurrentUser() && api.container.lookup("service:composer");
  const topic = post.topic;
  if (!composer || !topic?.details?.can_create_post) {
    return [];
  }
  const button = made("button", {
    type: "button",
    textContent: words("propose"),
  });
  button.addEventListener("click", () =>
    composer.open({
      action: "reply",
      draftKey: topic.draft_key,
      draftSequence: topic.draft_sequence,
      topic,
      reply: `${words("proposal")}\n\n`,
    })
  );
  const holder = made("span");
  holder.append(button);
  return [holder];
}

/**
 * The forum says itself who made the agreed version: the author of the first, else who edited it, if one may know.
 *
 * @param {Entry} entry
 */
async function sayAuthor(note, post, entry, authors) {
  const version = entry[1];
  const agreed = note.querySelector(".koweb-note__agreed");
  const mayKnow = version === 1 || (version > 1 && post.can_view_edit_history);
  if (!agreed || !mayKnow) {
    return;
  }
  const key = `${post.id}/${version}`;
  if (!authors.has(key)) {
    authors.set(
      key,
      version === 1 ? post.username : await editor(post.id, version)
    );
  }
  const name = authors.get(key);
  if (name) {
    const link = made("a", {
      href: getURL(`/u/${encodeURIComponent(name)}`),
      textContent: words("by", { name }),
    });
    agreed.append(", ", link);
  }
}

async function editor(post, version) {
  try {
    return (await ajax(`/posts/${post}/revisions/${version}.json`)).username;
  } catch {
    return null; // it is hidden, or gone: nothing is said of its author
  }
}

function linked(href, textContent) {
  const holder = made("span");
  holder.append(made("a", { href, textContent, rel: "noopener" }));
  return holder;
}

function made(name, properties = {}) {
  return Object.assign(document.createElement(name), properties);
}
