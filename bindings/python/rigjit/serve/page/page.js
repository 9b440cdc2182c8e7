// The page of a server: channels of its rigs as sliders, the pose that they give, live frames, text.
import * as rigs from "./rigs.js";

const $ = (id) => document.getElementById(id);
let rig = null;
let sliders = null;
let watching = null;

function say(text, isBad = false) {
  $("status").textContent = text;
  $("status").className = isBad ? "bad" : "";
}

async function guarded(job) {
  try {
    await job();
  } catch (error) {
    if (error.name === "AbortError") return;
    if (error.status === 401) $("token-form").hidden = false;
    say(error.message, true);
  }
}

const update = rigs.latest(() => guarded(async () => {
  const vec = await rigs.valuesToVec(rig.name, sliders.values);
  if ($("send").checked) await rigs.show(rig.name, vec);
  $("pose").textContent = JSON.stringify(JSON.parse(await rigs.vecToPose(rig.name, vec)), null, 1);
  say("");
}));

async function open(name) {
  rig = await rigs.readRig(name);
  $("facts").textContent = `${rig.vec_size} inputs, ${rig.channel_count} channels, hash ${rig.hash}`;
  $("text").textContent = "";
  sliders = rigs.channelSliders($("channels"), rig, update);
  await update();
  if (watching) await watch();
}

async function watch() {
  if (watching) watching.abort();
  watching = null;
  if (!$("watch").checked) return;
  watching = new AbortController();
  const { signal } = watching;
  let frames = 0;
  guarded(async () => {
    while (!signal.aborted) {
      await rigs.watch(rig.name, signal, async (values) => {
        frames += 1;
        say(`${frames} live frames`);
        if (values.length === sliders.values.length) sliders.show(values);
      });
      await new Promise((resolve) => { setTimeout(resolve, 500); });  // it has ended: ask again
    }
  });
}

async function start() {
  const found = await rigs.listRigs();
  $("rig").replaceChildren(...found.map((each) => new Option(each.name)));
  $("token-form").hidden = true;
  if (found.length) await open(found[0].name);
}

$("rig").addEventListener("change", () => guarded(() => open($("rig").value)));
$("rest").addEventListener("click", () => { sliders.show(rig.rest_values); update(); });
$("watch").addEventListener("change", () => guarded(watch));
$("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  rigs.setToken($("token").value);
  guarded(start);
});
for (const button of document.querySelectorAll("[data-text]")) {
  button.addEventListener("click", () => guarded(async () => {
    $("text").textContent = await rigs.readText(rig.name, button.dataset.text);
  }));
}
guarded(start);
