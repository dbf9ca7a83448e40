import { ask } from "./api.js";
import { copyView } from "./command.js";
import { openDialog } from "./dialog.js";
import { diffView } from "./diff.js";
import { share } from "./format.js";
import { html, nothing } from "./lit.js";
import { problemView } from "./problem.js";
import { t, word } from "./texts.js";

/** Pause after a key press before what it means is asked for. */
const TYPING_MS = 250;

/** Consequences that want the route's name typed. */
const GRAVE = ["last_host", "over_half"];

/**
 * @typedef {import("../api_types.ts").ChangePreview} ChangePreview
 * @typedef {import("../api_types.ts").Consequence} Consequence
 *
 * @typedef {object} Plan A request that would do what the form says.
 * @property {"POST" | "PUT" | "DELETE"} method
 * @property {string} path
 * @property {unknown} [body]
 * @property {string[]} [commands] The same as commands of `lars`.
 * @property {true} [isSecret] Holds what no command line should.
 * @property {Consequence[]} [consequences] Where the API has no dry run: what the page knows.
 * @property {unknown} [summary] Likewise.
 *
 * @typedef {object} Action Something that changes routes or hosts.
 * @property {string} title
 * @property {string} apply Text of the button.
 * @property {string} target What is typed to confirm a grave consequence: "MODID/CMDID", or an address.
 * @property {(fields: {update: () => void}) => unknown} [fields] Inputs of the form.
 * @property {(form: FormData) => Plan | string} plan A text says what is missing.
 * @property {(preview: any) => unknown} [previewView] What a dry run answered; default: a {@linkcode ChangePreview}.
 * @property {() => Promise<unknown>} [rebase] After somebody else's change: takes the present state, and says what has changed.
 * @property {(answer: any) => void} onDone
 */

/** Opens an action: its form, the preview of what the form says, and the button that does it. @param {Action} action */
export function openAction(action) {
  /** @type {ActionState | undefined} */
  let state;
  openDialog(action.title, (dialog) => {
    state ??= new ActionState(action, dialog);
    return state.view();
  });
}

class ActionState {
  /** @type {Plan | undefined} */
  #plan;
  /** @type {string | undefined} What the form lacks. */
  #missing;
  /** @type {any} Answer of the dry run, as the schema of its operation says. */
  #preview;
  /** @type {import("./problem.js").Refusal | undefined} */
  #refusal;
  /** @type {unknown} What others have changed since the dialog was opened. */
  #meanwhile;
  #isBusy = false;
  /** False from a key press until what it means was checked. */
  #isChecked = false;
  /** What is typed to confirm. */
  #typed = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** How often the state was another one since the form changed. */
  #rebases = 0;
  /** Key of this change: the same when a lost answer has it sent again. */
  #key = randomKey();
  #action;
  #dialog;

  /** @param {Action} action @param {{update: () => void, close: () => void}} dialog */
  constructor(action, dialog) {
    this.#action = action;
    this.#dialog = dialog;
    queueMicrotask(() => this.#check());
  }

  view() {
    const consequences = this.#consequences();
    const isGrave = consequences.some(({ code }) => GRAVE.includes(code));
    const isReady = this.#isChecked && !this.#isBusy &&
      (!isGrave || this.#typed.trim() === this.#action.target);
    return html`
      <form @submit=${this.#apply} @input=${this.#changed} novalidate>
        ${this.#action.fields?.({ update: this.#changed }) ?? nothing}
        <section aria-live="polite" aria-busy=${this.#isBusy}>
          ${this.#missing === undefined
            ? nothing
            : html`<p class="muted">${this.#missing}</p>`}
          ${this.#meanwhile ?? nothing}
          ${this.#refusal ? problemView(this.#refusal) : nothing}
          ${this.#previewView()}
          ${consequences.map(consequenceView)}
        </section>
        ${isGrave ? this.#confirmation() : nothing}
        ${this.#plan && !this.#plan.isSecret ? copyView(this.#plan) : nothing}
        <footer class="row"><span class="grow"></span>
          <button type="button" class="secondary outline" @click=${this.#dialog
            .close}>${t("cancel")}</button>
          <button type="submit" ?disabled=${!isReady}>${this.#action
            .apply}</button>
        </footer>
      </form>
    `;
  }

  #previewView() {
    if (this.#plan?.summary !== undefined) return this.#plan.summary;
    const preview = this.#preview;
    if (preview === undefined) {
      return this.#plan && !this.#refusal
        ? html`<p class="muted">${t("preview.checking")}</p>`
        : nothing;
    }
    return (this.#action.previewView ?? changeView)(preview);
  }

  #confirmation() {
    const { target } = this.#action;
    return html`<label>${t("confirm.type", { target })}
      <input name="confirmation" .value=${this.#typed} autocomplete="off" autocapitalize="off" spellcheck="false" @input=${(
      /** @type {Event} */ event,
    ) => {
      event.stopPropagation();
      const input = /** @type {HTMLInputElement} */ (event.target);
      this.#typed = input.value;
      this.#dialog.update();
    }}></label>`;
  }

  #consequences() {
    return [
      ...this.#plan?.consequences ?? [],
      ...this.#preview?.consequences ?? [],
    ];
  }

  /** The form has changed: what was checked is no more what it says. */
  #changed = () => {
    this.#rebases = 0;
    this.#isChecked = false;
    this.#key = randomKey();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#check(), TYPING_MS);
    this.#dialog.update();
  };

  #form() {
    return /** @type {HTMLFormElement} */ (
      document.querySelector("dialog[open] form")
    );
  }

  /** Asks what the form would do. */
  async #check() {
    const plan = this.#action.plan(new FormData(this.#form()));
    this.#isChecked = false;
    this.#missing = typeof plan === "string" ? plan : undefined;
    this.#plan = typeof plan === "string" ? undefined : plan;
    this.#refusal = undefined;
    if (this.#plan === undefined || this.#plan.consequences) {
      this.#preview = undefined;
      this.#isChecked = this.#plan !== undefined;
      return this.#dialog.update();
    }
    const asked = this.#plan;
    const answer = await answerOf(asked, { dryRun: true });
    if (this.#plan !== asked) return;
    if (answer.status === 412) return this.#rebase();
    this.#isChecked = answer.status === 200;
    this.#preview = this.#isChecked ? answer.body : undefined;
    if (!this.#isChecked) this.#refusal = answer;
    this.#dialog.update();
  }

  /** @param {Event} event */
  #apply = async (event) => {
    event.preventDefault();
    if (this.#plan === undefined || !this.#isChecked || this.#isBusy) return;
    this.#isBusy = true;
    this.#refusal = undefined;
    this.#dialog.update();
    const answer = await answerOf(this.#plan, { idempotencyKey: this.#key });
    this.#isBusy = false;
    if (answer.status === 412) return this.#rebase();
    if (answer.status !== undefined && answer.status < 300) {
      this.#dialog.close();
      return this.#action.onDone(answer.body);
    }
    // The key stays: sent again, a change whose answer was lost is done once.
    this.#refusal = answer;
    this.#dialog.update();
  };

  /** Somebody else was first: shows what they did, and what the form would do now. */
  async #rebase() {
    const { rebase } = this.#action;
    this.#rebases += 1;
    if (rebase === undefined || this.#rebases > 3) {
      this.#refusal = { status: 412 };
      return this.#dialog.update();
    }
    this.#meanwhile = html`
      <div class="banner"
        role="alert"><p class="strong">${t(
          "meanwhile",
        )}</p>${await rebase()}</div>
    `;
    this.#key = randomKey();
    this.#typed = "";
    await this.#check();
  }
}

/** What a change would do to each route. @param {Pick<ChangePreview, "routes">} preview */
export function changeView({ routes }) {
  if (routes.length === 0) return html`<p>${t("preview.nothing")}</p>`;
  return routes.map((route) => html`${routeLine(route)} ${diffView(route)}`);
}

/**
 * What becomes of a route: how many hosts it has before and after, and what moves.
 *
 * @param {{modId: number, cmdId: number, hostsBefore: number, hostsAfter: number, movedShare: number | null}} route
 * @param {"preview.route" | "drain.route"} [text]
 */
export function routeLine(route, text = "preview.route") {
  return html`<p class="strong">${
    t(text, {
      route: `${route.modId}/${route.cmdId}`,
      before: route.hostsBefore,
      after: route.hostsAfter,
    })
  }${
    route.movedShare === null ? nothing : html`
      · ${t("preview.moved", { share: share(route.movedShare) })}
    `
  }</p>`;
}

/** @param {Plan} plan @param {{dryRun?: boolean, idempotencyKey?: string}} options */
function answerOf({ method, path, body }, { dryRun, idempotencyKey }) {
  return ask(method, dryRun ? `${path}?dryRun=1` : path, {
    body,
    idempotencyKey,
  });
}

/** A consequence: a warning, or what wants a confirmation. @param {Consequence} consequence */
function consequenceView({ code, detail, host, modId, cmdId }) {
  const kind = GRAVE.includes(code) ? "bad" : "";
  return html`
    <div class="banner ${kind}">
      <p><span class="state ${kind || "warn"}">${word(
        "consequence",
        code,
      )}</span> · ${modId}/${cmdId}${host ? ` · ${host}` : ""}</p>
      <p class="small" lang="en">${detail}</p>
    </div>
  `;
}

/** 128 random bits; not randomUUID, which browsers have with TLS only. */
function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) =>
    byte.toString(16).padStart(2, "0")
  ).join("");
}
