/** Persons that may be one: how alike they are and why, what would come of merging them, and taking that back. */
import { html, nothing, type TemplateResult } from 'lit';
import { get, query, send, type Problem } from './api.js';
import { PageElement, problemCard, problemOf, skeleton, tell } from './element.js';
import { language } from './language.js';
import { href } from './router.js';
import { day } from './schema.js';

interface Person {
  id: number;
  name: string;
  birth_date?: string;
}
interface Pair {
  first: Person;
  second: Person;
  score: number;
  reasons: string[];
}
interface Preview {
  kept: { id: number; version: number; display: string };
  merged: { id: number; version: number; display: string };
  fields: { field: string; label: string; wins: 'kept' | 'merged'; kept?: unknown; merged?: unknown }[];
  moves: { label: string; display: string }[];
  archived: { label: string; display: string }[];
  account: 'none' | 'moves' | 'closed';
}

const accounts = { none: '', moves: 'Учётная запись перейдёт к оставшейся персоне.', closed: 'Вторая учётная запись будет закрыта.' };

export class EsDuplicates extends PageElement {
  static override properties = { pairs: { state: true }, preview: { state: true }, choices: { state: true }, problem: { state: true } };
  declare pairs: Pair[] | null;
  declare preview: Preview | null;
  declare choices: Record<string, 'kept' | 'merged'>;
  declare problem: Problem | null;

  constructor() {
    super();
    this.pairs = null;
    this.preview = null;
    this.choices = {};
    this.problem = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Двойники — Электронная школа';
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      this.pairs = (await get<{ items: Pair[] }>('people/duplicates')).items;
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private async look(kept: Person, merged: Person): Promise<void> {
    this.problem = null;
    try {
      this.choices = {};
      this.preview = await get<Preview>(`persons/merge${query({ kept: kept.id, merged: merged.id })}`);
      scrollTo(0, 0);
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private async merge(preview: Preview): Promise<void> {
    try {
      const done = await send<{ id: number }>('POST', 'persons/merge', {
        kept: preview.kept.id,
        merged: preview.merged.id,
        kept_version: preview.kept.version,
        merged_version: preview.merged.version,
        choices: this.choices,
      });
      this.preview = null;
      tell('Персоны объединены', { label: 'Отменить', run: () => void this.undo(done.id) });
      await this.load();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private async undo(id: number): Promise<void> {
    try {
      await send('DELETE', `persons/merges/${id}`);
      tell('Персоны снова раздельны');
      await this.load();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private planned(preview: Preview): TemplateResult {
    const text = (value: unknown): string => (typeof value === 'object' && value !== null && 'display' in value ? String(value.display) : value === null || value === undefined ? '—' : String(value));
    return html`<section class="card section" aria-labelledby="planned">
      <h2 id="planned">Останется ${preview.kept.display}</h2>
      ${preview.fields.length
        ? html`<div class="scroll" tabindex="0" role="region" aria-label="Поля"><table>
            <thead><tr><th scope="col">Поле</th><th scope="col">У остающейся</th><th scope="col">У второй</th></tr></thead>
            <tbody>${preview.fields.map(
              (one) => html`<tr><th scope="row">${one.label}</th>
                ${(['kept', 'merged'] as const).map(
                  (side) => html`<td><label class="check"><input type="radio" name=${one.field} .checked=${(this.choices[one.field] ?? one.wins) === side} @change=${() => (this.choices = { ...this.choices, [one.field]: side })} /> ${text(one[side])}</label></td>`,
                )}</tr>`,
            )}</tbody></table></div>`
        : html`<p>Поля не расходятся.</p>`}
      ${preview.moves.length ? html`<p>Перейдут к ней: ${preview.moves.map((one) => `${one.label.toLocaleLowerCase(language)} — ${one.display}`).join('; ')}.</p>` : nothing}
      ${preview.archived.length ? html`<p>Уйдут в архив: ${preview.archived.map((one) => `${one.label.toLocaleLowerCase(language)} — ${one.display}`).join('; ')}.</p>` : nothing}
      <p>${accounts[preview.account]}</p>
      <div class="actions"><button @click=${() => void this.merge(preview)}>Объединить</button><button class="quiet" @click=${() => (this.preview = null)}>Не сейчас</button></div>
    </section>`;
  }

  private person(one: Person): TemplateResult {
    return html`<a href=${href(`/r/people.person/${one.id}`)}>${one.name}</a>${one.birth_date ? `, ${day(one.birth_date)}` : ''}`;
  }

  override render(): TemplateResult {
    return html`<h1>Двойники</h1>
      <p>Люди, которых, возможно, внесли дважды. Объединение можно отменить.</p>
      ${problemCard(this.problem)} ${this.preview ? this.planned(this.preview) : nothing}
      ${this.pairs === null && !this.problem ? skeleton(4) : nothing}
      ${this.pairs?.length === 0 ? html`<div class="card empty"><p>Похожих людей не нашлось.</p></div>` : nothing}
      <ul class="plain">
        ${this.pairs?.map(
          (pair) => html`<li class="card pair">
            <div><p>${this.person(pair.first)}<br />${this.person(pair.second)}</p><p class="help">Сходство ${pair.score} из 100: ${pair.reasons.join(', ')}</p></div>
            <button class="quiet" aria-label="Сравнить: ${pair.first.name}" @click=${() => void this.look(pair.first, pair.second)}>Сравнить</button>
          </li>`,
        )}
      </ul>`;
  }
}
customElements.define('es-duplicates', EsDuplicates);
