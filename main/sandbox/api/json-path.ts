import { fieldAt, isFields } from '../registry/fields.ts'

/**
 * Reads the JSON paths of printer columns: `.a.b`, `['a.b']` or `\.` for names with dots, `[0]`, `[*]` and
 * `[?(@.type=="Ready")]`. The values found, in order.
 */
export function readJsonPath(value: unknown, path: string): readonly unknown[] {
  let found: readonly unknown[] = [value]
  for (const step of steps(path)) found = found.flatMap((each) => take(each, step))
  return found
}

type Step =
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'index'; readonly index: number }
  | { readonly by: 'all' }
  | { readonly by: 'filter'; readonly path: readonly string[]; readonly equals: string }

const grammar =
  /\.((?:\\.|[^.[\\])+)|\['((?:\\'|[^'])+)'\]|\[(\d+)\]|\[(\*)\]|\[\?\(@\.([^=!<>\s]+)\s*==\s*["']([^"']*)["']\)\]/g

function steps(path: string): readonly Step[] {
  const rooted = path.startsWith('.') || path.startsWith('[') ? path : `.${path}`
  return [...rooted.matchAll(grammar)].map(([, plain, quoted, index, star, filterPath, equals]): Step => {
    if (plain !== undefined) return { by: 'name', name: plain.replaceAll('\\', '') }
    if (quoted !== undefined) return { by: 'name', name: quoted.replaceAll("\\'", "'") }
    if (index !== undefined) return { by: 'index', index: Number(index) }
    if (star !== undefined) return { by: 'all' }
    return { by: 'filter', path: (filterPath ?? '').split('.'), equals: equals ?? '' }
  })
}

function take(value: unknown, step: Step): readonly unknown[] {
  switch (step.by) {
    case 'name':
      return isFields(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : []
    case 'index':
      return Array.isArray(value) && step.index < value.length ? [value[step.index]] : []
    case 'all':
      return Array.isArray(value) ? value : isFields(value) ? Object.values(value) : []
    case 'filter':
      return Array.isArray(value) ? value.filter((each) => String(fieldAt(each, step.path)) === step.equals) : []
  }
}
