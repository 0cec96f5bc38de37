/** Creating or changing one record. Tells `es-saved` with the record, `es-cancel` when nothing is to be done. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { alike, type Alike } from './alike.js';
import { send, writeKey, type Problem, type Row, type Session } from './api.js';
import { PageElement, problemCard, problemOf } from './element.js';
import { guardLeaving, href } from './router.js';
import { language } from './language.js';
import { applies, facetBy, isReference, shown, type Field, type Registry } from './schema.js';
import { parsed, type Edit } from './es-field.js';
import './es-field.js';

/** A value as the server takes it. */
export function sent(value: unknown): unknown {
  return isReference(value) ? value.id : value;
}

export interface Saved {
  row: Row;
  /** What the changed fields were before; null for a new record. */
  before: Record<string, unknown> | null;
}

export class EsForm extends PageElement {
  static override properties = {
    of: { attribute: false },
    row: { attribute: false },
    preset: { attribute: false },
    within: { attribute: false },
    session: { attribute: false },
    based: { state: true },
    edits: { state: true },
    errors: { state: true },
    problem: { state: true },
    theirs: { state: true },
    newer: { state: true },
    alike: { state: true },
    busy: { state: true },
  };
  declare of: Registry;
  /** Null: a new record. */
  declare row: Row | null;
  /** Fields of a new record that are given, such as the pupil of an achievement. */
  declare preset: Record<string, unknown>;
  /** Of a row on a card: the field that says whose row it is. The card says it, so it is not asked for. */
  declare within: string;
  declare session: Session;
  /** The version that the edits are a change of. */
  declare based: Row | null;
  declare edits: Record<string, unknown>;
  declare errors: Record<string, string>;
  declare problem: Problem | null;
  /** The record as somebody else left it, beside what is typed here; `newer`: not looked at yet. */
  declare theirs: Row | null;
  declare newer: Row | null;
  /** People who are there already and look like the one that is entered; asked about once. */
  declare alike: Alike[];
  declare busy: boolean;
  private key: Record<string, string> | null = null;
  private asked = false;

  constructor() {
    super();
    this.row = null;
    this.based = null;
    this.preset = {};
    this.within = '';
    this.edits = {};
    this.errors = {};
    this.problem = null;
    this.theirs = null;
    this.newer = null;
    this.alike = [];
    this.busy = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    guardLeaving(this, null);
  }

  /** The record may be changed elsewhere meanwhile. What is typed stays: the other version is offered beside it. */
  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('row')) return;
    const { row, based } = this;
    const other = row && row.id === based?.id && row.version !== based.version;
    if (other && this.theirs) this.theirs = row;
    else if (other && this.dirty) this.newer = row;
    else this.based = row;
  }

  protected override firstUpdated(): void {
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('es-field input:not([disabled]), es-field select, es-field textarea')?.focus());
  }

  get dirty(): boolean {
    return Object.keys(this.edits).length > 0;
  }

  /** Asks, when something would be lost with this form; the page stays. */
  mayClose(): boolean {
    return !this.dirty || confirm('Изменения не сохранены. Закрыть без сохранения?');
  }

  private value(field: Field): unknown {
    if (field.name in this.edits) return this.edits[field.name];
    if (this.based) return this.based[field.name];
    return this.preset[field.name] ?? field.preset ?? field.default ?? null;
  }

  /** Shown and asked for: what means nothing beside the other values is not, unless it is filled in. */
  private wanted(field: Field): boolean {
    const value = (name: string): unknown => {
      const of = this.of.fields.find((one) => one.name === name);
      return of && this.value(of);
    };
    const given = this.based?.[field.name] ?? this.edits[field.name] ?? null;
    return applies(field, value) || (given !== null && given !== '' && given !== false);
  }

  private edit(event: CustomEvent<Edit>): void {
    const { name, value } = event.detail;
    const edits = { ...this.edits };
    const before = this.based ? sent(this.based[name]) : undefined;
    if (this.based && sent(value) === (before ?? null)) delete edits[name];
    else edits[name] = value;
    this.edits = edits;
    this.key = null;
    this.alike = [];
    this.asked = false;
    const { [name]: _, ...others } = this.errors;
    this.errors = others;
    guardLeaving(this, this.dirty ? () => confirm('Изменения не сохранены. Уйти со страницы?') : null);
  }

  /** The sections of the form, with whatever field stands in none of them at the end. */
  private sections(): { label: string; fields: Field[] }[] {
    const editable = (field: Field): boolean => field.type !== 'children' && field.type !== 'json' && field.name !== this.within;
    const listed = new Set<string>();
    const sections = this.of.views.form.map((section) => ({
      label: section.label,
      fields: section.fields.flatMap((name) => {
        listed.add(name);
        const found = this.of.fields.find((one) => one.name === name);
        return found && editable(found) ? [found] : [];
      }),
    }));
    const rest = this.of.fields.filter((one) => editable(one) && !listed.has(one.name) && !one.readonly && !(this.of.facet_of && one.target === this.of.facet_of));
    if (rest.length) sections.push({ label: sections.length ? 'Прочее' : '', fields: rest });
    return sections.map(({ label, fields }) => ({ label, fields: fields.filter((one) => this.wanted(one)) })).filter((section) => section.fields.length);
  }

  private check(): boolean {
    const errors: Record<string, string> = {};
    for (const { fields } of this.sections())
      for (const field of fields) {
        const value = this.value(field);
        const locked = field.readonly || (field.once && this.based);
        if (field.required && !locked && (value === null || value === undefined || value === '')) errors[field.name] = `${field.label}: заполните`;
        if (typeof this.edits[field.name] === 'string')
          try {
            parsed(field, this.edits[field.name] as string);
          } catch (error) {
            errors[field.name] = (error as RangeError).message;
          }
      }
    this.errors = errors;
    return Object.keys(errors).length === 0;
  }

  private async save(event: Event | null, over?: Row): Promise<void> {
    event?.preventDefault();
    if (this.busy) return;
    if (!this.check()) {
      this.problem = null;
      await this.lead();
      return;
    }
    const begun = Object.fromEntries(this.of.fields.filter((one) => one.preset && !one.readonly && this.wanted(one)).map((one) => [one.name, one.preset]));
    const values = Object.fromEntries(Object.entries(this.based ? this.edits : { ...begun, ...this.preset, ...this.edits }).map(([name, value]) => [name, sent(value)]));
    if (this.based && Object.keys(values).length === 0) {
      this.dispatchEvent(new Event('es-cancel'));
      return;
    }
    this.busy = true;
    this.problem = null;
    if (!this.based && !this.asked) {
      this.asked = true;
      this.alike = await alike(this.of, { ...this.preset, ...this.edits }, this.session).catch(() => []); // a hint, no condition
      if (this.alike.length) {
        this.busy = false;
        await this.lead();
        return;
      }
    }
    // Kept until something is changed: saved once more after a lost answer, it is still one write.
    this.key ??= writeKey();
    try {
      const version = (over ?? this.based)?.version;
      const row = this.based
        ? await send<Row>('PATCH', `records/${this.of.id}/${this.based.id}`, values, { ...this.key, 'If-Match': String(version) })
        : await send<Row>('POST', `records/${this.of.id}`, values, this.key);
      guardLeaving(this, null);
      const before = this.based ? Object.fromEntries(Object.keys(values).map((name) => [name, sent(this.based?.[name]) ?? null])) : null;
      this.dispatchEvent(new CustomEvent<Saved>('es-saved', { detail: { row, before } }));
    } catch (error) {
      const problem = problemOf(error);
      this.key = problem.status === 0 ? this.key : null;
      if (problem.status === 412 && problem.current) this.compare(problem.current);
      // When the session has ended, the sign-in over this page says what to do.
      else this.problem = problem.status === 401 ? null : problem;
      this.errors = Object.fromEntries((problem.errors ?? []).filter((one) => this.of.fields.some((field) => field.name === one.field)).map((one) => [one.field, one.message]));
      await this.lead();
    } finally {
      this.busy = false;
    }
  }

  /** To what has to be decided or put right. */
  private async lead(): Promise<void> {
    await this.updateComplete;
    await new Promise((done) => setTimeout(done)); // fields within fields are drawn later than the form
    const place = this.querySelector<HTMLElement>('[aria-invalid=true], [role=alert] button') ?? this.querySelector<HTMLElement>('[role=alert]');
    place?.focus({ preventScroll: true });
    // In the middle: at the edges the heading and the buttons of the form lie over the page.
    place?.scrollIntoView({ block: 'center' });
  }

  private compare(theirs: Row): void {
    this.theirs = theirs;
    this.newer = null;
    void this.lead();
  }

  private changed(newer: Row): TemplateResult {
    return html`<p class="card">
      ${newer.archived
        ? 'Пока вы правили, запись убрали в архив: сохранить её не удастся.'
        : html`Пока вы правили, запись изменили. <button type="button" class="quiet" @click=${() => this.compare(newer)}>Сравнить</button>`}
    </p>`;
  }

  /** The one who is there already is the one who is entered: he gets the role, and what was typed. */
  private join(one: Alike): void {
    const by = facetBy(this.of);
    if (!by) return;
    this.preset = { ...this.preset, [by.name]: { id: one.id, display: one.display } };
    this.alike = [];
    void this.save(null);
  }

  private known(): TemplateResult {
    const role = this.of.label_one.toLocaleLowerCase(language);
    return html`<div class="card known" role="alert">
      <strong>Похоже, такой человек уже есть</strong>
      <ul>
        ${this.alike.map(
          (one) => html`<li>
            <a href=${href(`/r/${one.registry}/${one.id}`)} target="_blank" rel="noopener">${one.display}</a>
            ${one.other ? html`<button type="button" @click=${() => this.join(one)}>Тот же человек: записать как «${role}»</button>` : html`<span class="help">уже записан как «${role}»</span>`}
          </li>`,
        )}
      </ul>
      <div class="actions">
        <button type="button" class="quiet" @click=${() => {
          this.alike = [];
          void this.save(null);
        }}>Это другой человек: создать</button>
        <button type="button" class="quiet" @click=${() => this.dispatchEvent(new Event('es-cancel'))}>Не создавать</button>
      </div>
    </div>`;
  }

  /** Mine and theirs side by side, for the fields that differ. */
  private conflict(theirs: Row): TemplateResult {
    const fields = this.of.fields.filter((one) => one.name in this.edits || (this.based && JSON.stringify(theirs[one.name]) !== JSON.stringify(this.based[one.name]) && one.type !== 'children'));
    return html`<div class="card problem" role="alert">
      <strong>Пока вы вводили, запись изменил кто-то другой</strong>
      <table>
        <thead><tr><th scope="col">Поле</th><th scope="col">Было у вас</th><th scope="col">Теперь в системе</th><th scope="col">Вы вводите</th></tr></thead>
        <tbody>
          ${fields.map(
            (one) => html`<tr><th scope="row">${one.label}</th><td>${shown(one, this.based?.[one.name]) || '—'}</td><td>${shown(one, theirs[one.name]) || '—'}</td><td>${one.name in this.edits ? shown(one, this.edits[one.name]) || '—' : 'не меняете'}</td></tr>`,
          )}
        </tbody>
      </table>
      <div class="actions">
        <button type="button" @click=${() => {
          const other = this.theirs;
          this.theirs = null;
          if (other) void this.save(null, other);
        }}>Записать моё поверх</button>
        <button type="button" class="quiet" @click=${() => {
          this.based = this.theirs;
          this.theirs = null;
        }}>Продолжить с новыми данными</button>
      </div>
    </div>`;
  }

  override render(): TemplateResult {
    return html`<form novalidate @submit=${(event: Event) => void this.save(event)} @es-edit=${this.edit}>
      ${this.theirs ? this.conflict(this.theirs) : nothing}
      <div class="meanwhile" role="status">${this.newer ? this.changed(this.newer) : nothing}</div>
      ${this.alike.length ? this.known() : nothing}
      ${problemCard(this.problem)}
      ${this.sections().map(
        (section) => html`<fieldset class="card section">
          ${section.label ? html`<legend>${section.label}</legend>` : nothing}
          <div class="fields">
            ${section.fields.map((one) => html`<es-field .field=${one} .value=${this.value(one)} .error=${this.errors[one.name] ?? ''} .fresh=${!this.based}></es-field>`)}
          </div>
        </fieldset>`,
      )}
      <div class="actions sticky">
        <button ?disabled=${this.busy}>${this.busy ? 'Сохраняем…' : 'Сохранить'}</button>
        <button type="button" class="quiet" @click=${() => this.dispatchEvent(new Event('es-cancel'))}>Отмена</button>
      </div>
    </form>`;
  }
}
customElements.define('es-form', EsForm);
