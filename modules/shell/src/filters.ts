/** From what stands in the address of a list to what the server is asked. */
import { day, literal, shown, type Field, type Registry } from './schema.js';

/** Conditions by field, as they stand in the address: "f.kind=gym", "f.birth_date=2014-01-01..2014-12-31". */
export function conditions(place: URLSearchParams): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of place) if (name.startsWith('f.') && value) found.set(name.slice(2), value);
  return found;
}

/** One condition in the filter language; "" when it says nothing that can be asked. */
export function expression(field: Field, value: string): string {
  if (value === '-') return `${field.name}=null`;
  switch (field.type) {
    case 'ref':
      return /^\d+$/.test(value) ? `${field.name}=${value}` : '';
    case 'bool':
      return value === 'yes' ? `${field.name}=true` : value === 'no' ? `not ${field.name}=true` : '';
    case 'enum':
      return `${field.name}=${literal(value)}`;
    case 'date':
    case 'datetime':
    case 'int':
    case 'decimal': {
      const [from = '', to = ''] = value.includes('..') ? value.split('..') : [value, value];
      const quoted = (text: string): string => (field.type === 'int' || field.type === 'decimal' ? text : literal(text));
      const parts = [from && `${field.name}>=${quoted(from)}`, to && `${field.name}<=${quoted(to)}`].filter(Boolean);
      return parts.join(' and ');
    }
    default:
      return `${field.name}~${literal(value)}`;
  }
}

/** One condition in words; `display` is what the record is called that it names. */
export function said(field: Field, value: string, display = ''): string {
  if (value === '-') return `Не заполнено: ${field.label}`;
  if (field.type === 'ref') return `${field.label}: ${display}`;
  if (field.type === 'bool') return `${field.label}: ${value === 'yes' ? 'да' : 'нет'}`;
  if (!value.includes('..')) return `${field.label}: ${shown(field, value)}`;
  const [from = '', to = ''] = value.split('..').map(day);
  return `${field.label}:${from ? ` с ${from}` : ''}${to ? ` по ${to}` : ''}`;
}

/** All that a list is narrowed by: the chosen list of the registry, and each condition. */
export function filterOf(of: Registry, place: URLSearchParams): string {
  const named = of.views.lists.find((one) => one.id === place.get('list'));
  const parts = named ? [`(${named.filter})`] : [];
  for (const [name, value] of conditions(place)) {
    const field = of.fields.find((one) => one.name === name);
    const part = field ? expression(field, value) : '';
    if (part) parts.push(part);
  }
  const given = place.get('filter');
  if (given) parts.push(`(${given})`);
  return parts.join(' and ');
}
