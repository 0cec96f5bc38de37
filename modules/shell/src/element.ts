/** What every element of the shell begins with. */
import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { ProblemError, type Problem } from './api.js';
import { onChange, type Change } from './live.js';

/** Figures of the whole school are dear: they follow its changes at some distance. */
export const figures_pause = 5_000;

/**
 * Renders into the page itself: one style sheet, and labels, landmarks and focus work across elements as the browser
 * means them to.
 */
export class PageElement extends LitElement {
  private unwatch: () => void = () => undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unwatch();
  }

  /** onChange as long as the element is in the page, or until something else is watched. */
  protected watch(registries: string | readonly string[], callback: (changes: Change[]) => void, pause?: number): void {
    this.unwatch();
    this.unwatch = onChange(registries, callback, pause);
  }
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  console.error(error);
  return { status: 0, code: 'page', title: 'Страница ошиблась', detail: 'Обновите её. Если повторится, сообщите администратору.' };
}

export function problemCard(problem: Problem | null, retry?: () => void): TemplateResult | typeof nothing {
  if (!problem) return nothing;
  // What is said once is not said again as the only item of a list.
  const items = problem.errors?.length === 1 && problem.errors[0]?.message === problem.detail ? [] : (problem.errors ?? []);
  return html`<div class="card problem" role="alert">
    <strong>${problem.title}</strong>
    ${problem.detail ? html`<p>${problem.detail}</p>` : nothing}
    ${items.length
      ? html`<ul>
          ${items.map((one) => html`<li>${one.message}</li>`)}
        </ul>`
      : nothing}
    ${retry ? html`<button class="quiet" @click=${retry}>Повторить</button>` : nothing}
  </div>`;
}

export function skeleton(lines = 6): TemplateResult {
  return html`<div class="skeleton" aria-hidden="true">${Array.from({ length: lines }, () => html`<i></i>`)}</div>
    <p class="unseen" role="status">Загружается</p>`;
}

export interface Notice {
  text: string;
  /** Offered beside the text: «Отменить». */
  action?: { label: string; run: () => void };
}

/** Says something at the edge of the page for some seconds. */
export function tell(text: string, action?: Notice['action']): void {
  dispatchEvent(new CustomEvent<Notice>('es-notice', { detail: action ? { text, action } : { text } }));
}

let serial = 0;
/** An id that no other element of the page has. */
export function freshId(prefix: string): string {
  serial += 1;
  return `${prefix}-${serial}`;
}
