"use strict";

const texts = JSON.parse(document.getElementById("texts").textContent);
const at = (id) => document.getElementById(id);
const PAGE_SIZE = 10;
let asking = 0;

function fill(text, facts) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? facts[name] : whole));
}

/* A file name that is no text holds lone surrogates; everything is set as text, never as HTML. */
function element(name, content, className) {
  const made = document.createElement(name);
  if (content !== undefined) made.textContent = content;
  if (className) made.className = className;
  return made;
}

function split(path) {
  const at = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return [path.slice(at + 1), path.slice(0, Math.max(at, 1))];
}

function card(photo, headline, className) {
  const item = element("li");
  const figure = element("figure", undefined, className);
  const [name, folder] = split(photo.path);
  const image = new Image();
  image.loading = "lazy";
  image.alt = name;
  image.addEventListener("error", () => image.replaceWith(element("span", texts.no_picture, "blank")));
  image.src = `/thumbnails/${photo.content}?edge=320`;
  const caption = element("figcaption");
  const size = (photo.bytes / 1e6).toFixed(2);
  caption.append(element("b", headline), name, element("br"), `${photo.width} × ${photo.height} · ${size} MB`,
    element("br"), folder);
  figure.append(image, caption);
  item.append(figure);
  return item;
}

async function ask(address, options) {
  let answer;
  try {
    answer = await fetch(address, { credentials: "same-origin", ...options });
  } catch {
    throw new Error(texts.gone);
  }
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.detail);
  return told;
}

async function search(picture) {
  const mine = ++asking;
  at("results").hidden = true;
  const shown = at("asked");
  if (shown.src) URL.revokeObjectURL(shown.src);
  shown.hidden = true;
  if (picture.size > texts.limit) {
    at("status").textContent = texts.too_large;
    return;
  }
  at("status").textContent = texts.working;
  shown.src = URL.createObjectURL(picture);
  shown.onload = () => { shown.hidden = false; };
  try {
    const found = await ask("/search?page_size=12", {
      method: "POST", body: picture, headers: { "Content-Type": "application/octet-stream" },
    });
    if (mine !== asking) return;
    const cards = found.hits.map((hit) =>
      card(hit, fill(texts.likeness, { n: Math.round(100 * Math.max(hit.similarity, 0)) })));
    at("hits").replaceChildren(...cards);
    at("results").hidden = cards.length === 0;
    at("status").textContent = cards.length ? fill(texts.found, { n: cards.length }) : texts.nothing;
  } catch (error) {
    if (mine === asking) at("status").textContent = error.message;
  }
}

const roles = { keep: texts.stays, remove: texts.can_go, review: texts.your_choice };

function groupCard(group) {
  const article = element("article");
  const list = element("ul", undefined, "photos");
  for (const member of group.members) {
    list.append(card(member, `${roles[member.role]} · ${texts.tiers[member.tier]}`, member.role));
  }
  article.append(list, element("p", [group.reason, group.warning].filter(Boolean).join(" ")));
  return article;
}

async function groups(page) {
  try {
    const found = await ask(`/groups?page=${page}&page_size=${PAGE_SIZE}`);
    at("groups").replaceChildren(...found.groups.map(groupCard));
    at("page").textContent = found.total ? fill(texts.page, found) : texts.no_groups;
    at("earlier").disabled = page <= 1;
    at("later").disabled = page >= found.pages;
    at("earlier").onclick = () => groups(page - 1);
    at("later").onclick = () => groups(page + 1);
  } catch (error) {
    at("page").textContent = error.message;
  }
}

function firstPicture(items) {
  return [...(items || [])].find((one) => one instanceof File);
}

at("file").addEventListener("change", (event) => {
  const picture = firstPicture(event.target.files);
  if (picture) search(picture);
  event.target.value = ""; /* the same file may be chosen again */
});
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    at("drop").classList.toggle("over", name === "dragover");
  });
}
document.addEventListener("drop", (event) => {
  const picture = firstPicture(event.dataTransfer.files);
  if (picture) search(picture);
});
document.addEventListener("paste", (event) => {
  const picture = firstPicture(event.clipboardData.files);
  if (picture) search(picture);
});

groups(1);
