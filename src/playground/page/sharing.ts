// The dialog that gives a program away: as a link, and as a token.
import { found } from "../../view/page/dom.ts";

export class SharingDialog {
  readonly #dialog = found("sharing") as HTMLDialogElement;
  readonly #link = found("link") as HTMLInputElement;
  readonly #token = found("token") as HTMLInputElement;

  constructor() {
    found("copy-link").addEventListener("click", () => void this.#copy(this.#link, "link"));
    found("copy-token").addEventListener("click", () => void this.#copy(this.#token, "token"));
    found("close-sharing").addEventListener("click", () => this.#dialog.close());
  }

  /** Shows the ways to share the program of a token. */
  open(token: string): void {
    const [page] = location.href.split("#");
    this.#link.value = `${page}#program=${token}`;
    this.#token.value = token;
    found("copied").textContent = "";
    this.#dialog.showModal();
    this.#link.select();
  }

  /** A page from a disk may have no clipboard: then the text is selected. */
  async #copy(input: HTMLInputElement, what: string): Promise<void> {
    input.select();
    const isCopied = await navigator.clipboard?.writeText(input.value).then(
      () => true,
      () => false,
    );
    const said = isCopied ? `The ${what} is copied.` : `The ${what} is selected: copy it by hand.`;
    found("copied").textContent = said;
  }
}
