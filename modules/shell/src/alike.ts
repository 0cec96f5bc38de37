/** Before a person is entered: is he there already, in this role or in another? */
import { get, query, type Page, type Row, type Session } from './api.js';
import { day, facetBy, field, isReference, literal, registry, shown, type Registry } from './schema.js';

const person = 'people.person';

export interface Alike {
  id: number;
  registry: string;
  /** What tells people of one name apart: the name, the day of birth, the class. */
  display: string;
  /** Somebody who has not this role yet: it may be given to him instead of entering him again. */
  other: boolean;
}

/** One set in the filter language. Of several fields one may be left empty: a namesake is worth a look too. */
function same(of: Registry, group: string[], values: Record<string, unknown>): string {
  const filled = group.filter((name) => values[name] !== undefined && values[name] !== null && values[name] !== '');
  if (!filled.length || filled.length < group.length - 1) return '';
  if (filled.length === 1 && group.length > 1) return '';
  const equal = (name: string): string => {
    const value = values[name];
    const type = field(of, name)?.type;
    if (isReference(value)) return `${name} = ${value.id}`;
    return type === 'int' || type === 'decimal' ? `${name} = ${String(value)}` : `${name} = ${literal(String(value))}`;
  };
  // Namesakes of different age are two people.
  const age = filled.length < group.length && !group.includes('birth_date') && values.birth_date ? [`(birth_date = null or ${equal('birth_date')})`] : [];
  return [...filled.map(equal), ...age].join(' and ');
}

async function found(of: Registry, values: Record<string, unknown>): Promise<Row[]> {
  const groups = (of.identity ?? []).map((group) => same(of, group, values)).filter(Boolean);
  if (!groups.length) return [];
  const { items } = await get<Page>(`records/${of.id}${query({ filter: groups.map((one) => `(${one})`).join(' or '), limit: 5 })}`);
  return items;
}

function told(of: Registry, row: Row): string {
  const name = ['surname', 'given_name', 'patronymic'].map((one) => row[one]).filter(Boolean).join(' ');
  const more = ['birth_date', 'class', 'post', 'phone'].map((one) => (one === 'birth_date' && row[one] ? `род. ${day(String(row[one]))}` : shown(field(of, one), row[one])));
  return [name, ...more].filter(Boolean).join(', ');
}

/** At most ten, first those of this registry; of registries that are not about people, and of what one may not read, none. */
export async function alike(of: Registry, values: Record<string, unknown>, session: Session): Promise<Alike[]> {
  if (of.id !== person && of.facet_of !== person) return [];
  const by = facetBy(of);
  if (by && values[by.name]) return []; // whose role it is has been said
  const own = await found(of, values);
  const whose = new Set(by ? own.map((row) => row[by.name]).filter(isReference).map((one) => one.id) : []);
  const base = by && session.rights[person]?.includes('read') ? await registry(person) : null;
  const others = base ? (await found(base, values)).filter((row) => !whose.has(row.id)) : [];
  return [
    ...own.map((row) => ({ id: row.id, registry: of.id, display: told(of, row), other: false })),
    ...(base ? others.map((row) => ({ id: row.id, registry: base.id, display: told(base, row), other: true })) : []),
  ];
}
