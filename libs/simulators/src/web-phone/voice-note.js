import { element, icon } from "./element.js";

const BARS = 34;

/** A player for a voice note: a button, a wave that fills, the seconds. */
export function voiceNote(url) {
  const audio = new Audio(url);
  audio.preload = "metadata";
  const seconds = element("span", { class: "seconds" }, "0:00");
  const bars = Array.from({ length: BARS }, (_, index) => element("i", { style: `height:${heightOf(url, index)}px` }));
  const button = element(
    "button",
    { type: "button", "aria-label": "Escuchar nota de voz", onclick: toggle },
    icon("play"),
  );

  function toggle() {
    if (audio.paused) audio.play().catch(() => seconds.replaceChildren("No se pudo reproducir"));
    else audio.pause();
  }
  function show() {
    const played = audio.duration > 0 ? audio.currentTime / audio.duration : 0;
    for (const [index, bar] of bars.entries()) bar.classList.toggle("played", index / BARS < played);
    const time = audio.currentTime > 0 ? audio.currentTime : audio.duration;
    if (Number.isFinite(time))
      seconds.textContent = `${Math.floor(time / 60)}:${String(Math.floor(time % 60)).padStart(2, "0")}`;
    button.replaceChildren(icon(audio.paused ? "play" : "pause"));
    button.setAttribute("aria-label", audio.paused ? "Escuchar nota de voz" : "Pausar nota de voz");
  }
  for (const event of ["loadedmetadata", "timeupdate", "play", "pause", "ended"]) audio.addEventListener(event, show);
  return element(
    "div",
    { class: "voice" },
    button,
    element("div", { class: "wave", "aria-hidden": "true" }, ...bars),
    seconds,
  );
}

/** Looks like a voice, always the same for the same note. */
function heightOf(url, index) {
  const code = url.charCodeAt(url.length - 1 - (index % 30)) + index * 7;
  return 5 + ((code * 37) % 19);
}
