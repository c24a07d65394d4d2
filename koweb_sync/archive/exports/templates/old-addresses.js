"use strict";
// Leads from an address that the forum had to the page that holds its content now.
(() => {
  const EACH = 50;

  // A page that stands at an old address: its link says where to. A post of a long topic is on one of its later pages.
  const link = document.getElementById("to");
  if (link) {
    let to = link.getAttribute("href");
    const post = /^#post-(\d+)$/.exec(location.hash);
    if (post) {
      const pages = (link.dataset.pages || "").split(" ").filter(Boolean).map(Number);
      const page = Math.floor((Math.max(1, Number(post[1])) - 1) / EACH) + 1;
      if (pages.includes(page) && page > Math.min(...pages)) { to = to.replace(/\.html$/, `-${page}.html`); }
      to += location.hash;
    }
    const words = new URLSearchParams(location.search).get("q");
    if (words && to.endsWith("search.html")) { to += `?${new URLSearchParams({q: words})}`; }
    location.replace(to);
    return;
  }

  // A page of posts by their ids: the one that is asked for leads on.
  if (document.getElementById("posts")) {
    const asked = location.hash && document.getElementById(location.hash.slice(1));
    if (asked) { location.replace(asked.querySelector("a").href); }
    document.getElementById("none").hidden = Boolean(asked) || !location.hash;
    return;
  }

  // Nothing stands at this address: where a server has no rules, they are here.
  const lost = document.getElementById("lost");
  if (!lost) { return; }
  const base = lost.dataset.base;
  let path = location.pathname;
  try { path = decodeURIComponent(path); } catch { return; }
  if (!path.startsWith(base)) { return; }
  path = path.slice(base.length);
  const go = (to) => { if (to.replace(/#.*/, "") !== path) { location.replace(base + to); } };
  const topic = /^t\/(?:(?!\d+(?:\/|$))[^/]*\/)?(\d+)(?:\/(\d+))?(?:[/.]|$)/.exec(path);
  const said = /^chat\/c\/[^/]+\/(\d+)(?:\/t\/\d+)?(?:\/(\d+))?\/?$/.exec(path);
  const category = /^c\/(?:.*\/)?(\d+)(?:[/.].*)?$/.exec(path);
  const among = /^tags\/c\/(?:.+\/)?\d+\/(?:(?:none|all)\/)?([^/]+?)(?:\/\d+)?(?:\/l\/.*)?\/?$/.exec(path);
  const tag = among || /^tags?\/([^/]+?)(?:\.rss|\/\d+)?(?:\/l\/.*)?\/?$/.exec(path);
  const post = /^(?:p|posts)\/(\d+)(?:[/.]|$)/.exec(path);
  const upload = /^((?:secure-)?uploads\/[^/]+\/)optimized\/(.+)_\d+_\d+x\d+(\.\w+)$/.exec(path);
  const list = /^(?:badges|categories|g|groups|hot|latest|my|new|tags\/intersection|top|unread)[/.]/.exec(path);
  const member = /^(?:u|users)\/([^/]+)/.exec(path);
  if (topic && path !== `t/${topic[1]}/`) {
    go(`t/${topic[1]}/${topic[2] ? `#post-${topic[2]}` : ""}`);
  } else if (post) {
    go(`p/${post[1].slice(0, -2)}xx.html#post-${post[1]}`);
  } else if (said) {
    go(said[2] ? `chat/${said[2].slice(0, -2)}xx.html#post-${said[2]}` : `topic/chat-${said[1]}.html`);
  } else if (/^(?:chat\/|topic\/chat-)/.test(path)) {
    go("chat/");
  } else if (upload) {
    go(`${upload[1]}original/${upload[2]}${upload[3]}`);
  } else if (list) {
    go("index.html");
  } else if (category) {
    go(`category/${category[1]}.html`);
  } else if (member) {
    const name = member[1].toLowerCase();
    go(path === `u/${name}/` ? "u/" : `u/${encodeURIComponent(name)}/`);
  } else if (tag && !tag[1].endsWith(".html") && globalThis.crypto?.subtle) {
    // A tag may hold any sign, so a hash names its page.
    crypto.subtle.digest("SHA-256", new TextEncoder().encode(tag[1])).then((sum) => {
      const digits = Array.from(new Uint8Array(sum), (one) => one.toString(16).padStart(2, "0")).join("");
      go(`tag/${digits.slice(0, 16)}.html`);
    });
  } else {
    // Perhaps an address of before the forum: as it was asked, by one of its parameters, of which that of a post is
    // first, or by its path alone.
    const script = document.createElement("script");
    script.src = `${base}before.js`;
    script.onload = () => {
      const known = (query) => globalThis.addressesBefore.get(`${path.replace(/\/$/, "")}?${query}`);
      const asked = location.search.slice(1), parts = asked.split(/[&;]/).map(known).filter(Boolean);
      const to = known(asked) || parts.find((one) => one.includes("#")) || parts[0] || known("");
      if (to) { go(to); }
    };
    document.head.append(script);
  }
})();
