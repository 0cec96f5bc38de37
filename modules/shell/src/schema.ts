/** Registries as the server describes them to this person, and values as people read them. */
import { get, type Reference, type Row } from './api.js';
import { language } from './language.js';

export type FieldType =
  | 'text' | 'longtext' | 'int' | 'decimal' | 'bool' | 'date' | 'time' | 'datetime' | 'enum' | 'ref' | 'children' | 'file' | 'json';

export interface Field {
  name: string;
  type: FieldType;
  label: string;
  sensitivity: 'public' | 'staff' | 'personal' | 'special';
  help?: string;
  required?: boolean;
  recommended?: boolean;
  readonly?: boolean;
  once?: boolean;
  unique?: boolean;
  inherited?: boolean;
  default?: unknown;
  /** What a new form begins with. */
  preset?: Reference;
  /** Where the field means something, in the language of rules. */
  when?: string;
  check?: string;
  target?: string;
  via?: string;
  max_length?: number;
  min?: number;
  max?: number;
  values?: { id: string; label: string }[];
}

export interface NamedList {
  id: string;
  label: string;
  filter: string;
  list: string[];
}

/** Records of `registry` whose reference `by` names this record; columns may be "guardian.phone". */
export interface RelatedList {
  registry: string;
  by: string;
  label: string;
  list: string[];
  /** A new one may be begun from the card. */
  add: boolean;
}

export interface Registry {
  id: string;
  plugin: string;
  label: string;
  label_one: string;
  display: string;
  singleton: boolean;
  facet_of?: string;
  /** Sets of fields by which a record is known again. */
  identity?: string[][];
  fields: Field[];
  views: { list: string[]; lists: NamedList[]; sort: string; filters: string[]; form: { label: string; fields: string[] }[]; related: RelatedList[] };
  rights: { read: boolean; create: boolean; update: boolean; archive: boolean; import: boolean };
}

/** What is done with records, as their history names it. */
export const actions: Record<string, string> = { create: 'создание', update: 'изменение', archive: 'в архив', restore: 'из архива', merge: 'объединение', erase: 'уничтожение данных' };

const known = new Map<string, Promise<Registry>>();

export function registry(id: string): Promise<Registry> {
  let found = known.get(id);
  if (!found) {
    found = get<Registry>(`schemas/${id}`);
    found.catch(() => known.delete(id));
    known.set(id, found);
  }
  return found;
}

/** After somebody else signs in, or a plugin is switched: what was readable may not be any more. */
export function forgetRegistries(): void {
  known.clear();
}

export function field(of: Registry, name: string): Field | undefined {
  return of.fields.find((one) => one.name === name);
}

/** The field of a facet that names whose it is. */
export function facetBy(of: Registry): Field | undefined {
  return of.facet_of ? of.fields.find((one) => one.target === of.facet_of && !one.inherited) : undefined;
}

/**
 * Whether a field means something beside these values. Only what is plain is decided here, "restricted",
 * "kind = 'working'" and "dismissed_on != null"; any other rule is the server's to know.
 */
export function applies(of: Field, value: (name: string) => unknown): boolean {
  const [, name = '', test, wanted] = /^(\w+)( != null| = '([^']*)')?$/.exec(of.when ?? '') ?? [];
  if (!name) return true;
  const given = value(name) ?? '';
  return wanted !== undefined ? given === wanted : test ? given !== '' : given === true;
}

export function isReference(value: unknown): value is Reference {
  return typeof value === 'object' && value !== null && 'id' in value && 'display' in value;
}

/** "2026-09-01" as "01.09.2026". */
export function day(text: string): string {
  const found = /^(\d{4})-(\d{2})-(\d{2})/.exec(text);
  return found ? `${found[3]}.${found[2]}.${found[1]}` : text;
}

export function moment(text: string): string {
  const date = new Date(text);
  return Number.isNaN(date.valueOf())
    ? text
    : date.toLocaleString(language, { day: '2-digit', month: '2-digit', year: 'numeric', hour: '2-digit', minute: '2-digit' });
}

/** A value as it stands in a list; "" for none. */
export function shown(of: Field | undefined, value: unknown): string {
  if (value === null || value === undefined || value === '') return '';
  if (isReference(value)) return value.display;
  switch (of?.type) {
    case 'bool':
      return value ? 'да' : 'нет';
    case 'date':
      return day(String(value));
    case 'datetime':
      return moment(String(value));
    case 'enum':
      return of.values?.find((one) => one.id === value)?.label ?? String(value);
    case 'decimal':
      return String(value).replace('.', ',');
    case 'json':
      return JSON.stringify(value);
    default:
      return Array.isArray(value) ? `${value.length}` : String(value);
  }
}

/** What a record is called, by the template of its registry. */
export function displayOf(of: Registry, row: Row): string {
  const text = of.display
    .replace(/\{([^}]+)\}/g, (_, path: string) => {
      const [name = '', ...rest] = path.split('.');
      const value = row[name];
      return isReference(value) && (rest.length || !field(of, name)) ? value.display : shown(field(of, name), value);
    })
    .replace(/\s+/g, ' ')
    .trim();
  return text || `${of.label_one} № ${row.id}`;
}

/** A text as a literal of the filter language. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
