import { assertNever } from '#lib/assert.ts'
import type { SearchTerm } from './search-terms.ts'

/** A condition of a query over `run`, with its values. */
export type Condition = readonly [sql: string, values: readonly (string | number)[]]

/** The conditions that a search means, those that are fast to test first. */
export const searchConditions = (terms: readonly SearchTerm[]): readonly Condition[] =>
  terms.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)).flatMap(conditionsOf)

const order: readonly SearchTerm['kind'][] = [
  'since',
  'before',
  'cluster',
  'namespace',
  'app',
  'text',
  'outcome',
  'actor',
  'image',
]

function conditionsOf(term: SearchTerm): readonly Condition[] {
  switch (term.kind) {
    case 'since':
      return [['startedAt >= ?', [term.at]]]
    case 'before':
      return [['startedAt < ?', [term.at]]]
    case 'cluster':
      return [keyed(term.anyOf, (part) => `${part}/%/%`)]
    case 'namespace':
      return [keyed(term.anyOf, (part) => `%/${part}/%`)]
    case 'app':
      return [keyed(term.anyOf, (part) => `%/%/${part}`)]
    case 'outcome':
      return [
        ["json_extract(run.body, '$.entry.outcome') IN (SELECT value FROM json_each(?))", [JSON.stringify(term.anyOf)]],
      ]
    case 'actor':
      return [anyLike("json_extract(run.body, '$.entry.actor')", containing(term.anyOf))]
    case 'image':
      return [imageCondition(term.anyOf)]
    case 'text':
      return textConditions(term.text)
    default:
      return assertNever(term)
  }
}

const escaped = (text: string): string => text.replaceAll(/[!%_]/g, '!$&')

const containing = (values: readonly string[]): readonly string[] => values.map((value) => `%${pattern(value)}%`)

const pattern = (value: string): string => escaped(value).replaceAll('*', '%')

const anyLike = (what: string, patterns: readonly string[]): Condition => [
  `EXISTS (SELECT 1 FROM json_each(?) AS wanted WHERE ${what} LIKE wanted.value ESCAPE '!')`,
  [JSON.stringify(patterns)],
]

/** A key is `context/namespace/name`, each percent-encoded: it tells all three without the body. */
const keyed = (values: readonly string[], place: (part: string) => string): Condition =>
  anyLike(
    'run.key',
    values.map((value) => place(pattern(encodeURIComponent(value)))),
  )

/** Its version, or an image of its template as far as that is stored. Only a template in which the text occurs at all is parsed. */
function imageCondition(values: readonly string[]): Condition {
  const patterns = containing(values)
  const [version, versions] = anyLike("json_extract(run.body, '$.entry.toVersion')", patterns)
  const [occurs, occurring] = anyLike('template.body', patterns)
  const [image, images] = anyLike("json_extract(container.value, '$.image')", patterns)
  const containers = "SELECT 1 FROM json_each(template.body, '$.spec.containers') AS container"
  return [
    `(${version} OR EXISTS (
       SELECT 1 FROM template
       WHERE template.key = run.key AND template.uid = json_extract(run.body, '$.uid')
         AND template.revision = json_extract(run.body, '$.entry.revision')
         AND CASE WHEN ${occurs} THEN EXISTS (${containers} WHERE ${image}) ELSE 0 END))`,
    [...versions, ...occurring, ...images],
  ]
}

/**
 * A word is looked for in `search`, where the words of the timeline stand as well, each once. What is in quotes may stand in one of
 * its moments: those are read only where all its words are found.
 */
function textConditions(text: string): readonly Condition[] {
  const words = text.split(/\s+/)
  const each = words.map((word): Condition => ["search LIKE ? ESCAPE '!'", [`%${escaped(word)}%`]])
  if (words.length === 1) return each
  const phrase = escaped(words.join(' '))
  const inJson = escaped(JSON.stringify(words.join(' ')).slice(1, -1))
  const whole: Condition = [
    `(search LIKE ? ESCAPE '!' OR EXISTS (SELECT 1 FROM moment WHERE runId = run.id AND moment.body LIKE ? ESCAPE '!'))`,
    [`%${phrase}%`, `%${inJson}%`],
  ]
  return [...each, whole]
}
