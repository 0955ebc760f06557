import type {
  ApplicationDrift,
  DriftCell,
  DriftColumn,
  DriftRow,
  DriftSection,
  DriftView,
} from '#contract/drift-views.ts'
import { type FieldValue, fieldLabel, fieldText } from './fields.ts'
import { splitImage } from './image.ts'
import type { Sections } from './sections.ts'

/** An application in one cluster. */
export interface DriftSource extends Omit<DriftColumn, 'differs'> {
  readonly namespace: string
  readonly name: string
  readonly sections: Sections
}

/** Which fields differ between clusters on purpose, by their whole path. */
export type IsExpected = (at: string) => boolean

const sections: readonly DriftSection[] = ['drift', 'planned', 'expected']

/** One application in all its clusters: what is not the same everywhere (UI-DIFF-6, UI-STAT-7). At least one cluster. */
export function driftMatrix(sources: readonly DriftSource[], isExpected: IsExpected): DriftView {
  const { rows, fields } = rowsOf(sources, isExpected)
  const shown = rows.map((row) => rowView(sources, row))
  const { namespace = '', name = '' } = sources[0] ?? {}
  const columns = sources.map(({ key, context, revision, version, planned }, at) => ({
    key,
    context,
    revision,
    version,
    planned,
    differs: rows.filter(({ states }) => states[at] === 'drift' || states[at] === 'planned').length,
  }))
  return { namespace, name, columns, rows: shown, fields }
}

/** The same as numbers, for a list of many applications. */
export function applicationDrift(
  sources: readonly DriftSource[],
  isExpected: IsExpected,
): ApplicationDrift | undefined {
  const [first] = sources
  if (first === undefined || sources.length < 2) return undefined
  const { rows } = rowsOf(sources, isExpected)
  const count = (section: DriftSection) => rows.filter((row) => row.section === section).length
  const drifts = sources.filter((_, at) => rows.some(({ states }) => states[at] === 'drift'))
  return {
    namespace: first.namespace,
    name: first.name,
    key: (drifts[0] ?? first).key,
    clusters: sources.length,
    drift: count('drift'),
    planned: count('planned'),
    expected: count('expected'),
    drifting: drifts.map(({ context }) => context),
  }
}

interface Row {
  readonly at: string
  readonly section: DriftSection
  readonly noMajority: boolean
  readonly states: readonly DriftCell['state'][]
  readonly values: readonly (FieldValue | undefined)[]
}

function rowsOf(
  sources: readonly DriftSource[],
  isExpected: IsExpected,
): { readonly rows: readonly Row[]; readonly fields: number } {
  const rows: Row[] = []
  let fields = 0
  for (const id of new Set(sources.flatMap((source) => [...source.sections.keys()]))) {
    const parts = sources.map((source) => source.sections.get(id))
    const [first] = parts
    if (first !== undefined && parts.every((part) => part === first)) {
      fields += first.size
      continue
    }
    const paths = new Set([...new Set(parts)].flatMap((part) => [...(part?.keys() ?? [])]))
    fields += paths.size
    for (const at of paths) {
      const values = parts.map((part) => part?.get(at))
      if (differ(values)) rows.push(rowOf(sources, at, values, isExpected(at)))
    }
  }
  rows.sort((a, b) => sections.indexOf(a.section) - sections.indexOf(b.section) || (a.at < b.at ? -1 : 1))
  return { rows, fields }
}

/** In meaning, and somebody wrote it somewhere. */
function differ(values: readonly (FieldValue | undefined)[]): boolean {
  const [first] = values
  return (
    values.some((value) => value !== first && value?.same !== first?.same) &&
    values.some((value) => value?.filled === false)
  )
}

function rowOf(
  sources: readonly DriftSource[],
  at: string,
  values: readonly (FieldValue | undefined)[],
  expected: boolean,
): Row {
  const leader = majority(values.map((value) => value?.same ?? unset))
  const states = values.map((value, index): DriftCell['state'] => {
    if (expected) return 'expected'
    if ((value?.same ?? unset) === leader) return 'same'
    return sources[index]?.planned === true ? 'planned' : 'drift'
  })
  const section = expected ? 'expected' : states.includes('drift') ? 'drift' : 'planned'
  return { at, section, noMajority: !expected && leader === undefined, states, values }
}

const unset = '\0'

/** The value that more clusters have than any other; `undefined` for a tie. */
function majority(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const most = Math.max(...counts.values())
  const leaders = [...counts].filter(([, count]) => count === most)
  return leaders.length === 1 ? leaders[0]?.[0] : undefined
}

function rowView(sources: readonly DriftSource[], { at, section, noMajority, states, values }: Row): DriftRow {
  const known = values.find((value) => value !== undefined)
  const several = sources.some((source) => countContainers(source.sections) > 1)
  const texts = values.map((value) => value && fieldText(value))
  const shown = at.endsWith('].image') ? shortImages(texts) : texts
  const cells = shown.map((text, index) => ({ text, state: states[index] ?? 'same' }))
  return { section, at, noMajority, field: known === undefined ? at : fieldLabel(known, several), cells }
}

/** Only the tags where all come from one repository. */
function shortImages(images: readonly (string | undefined)[]): readonly (string | undefined)[] {
  const parts = images.map((image) => image && splitImage(image))
  const isOne = new Set(parts.flatMap((part) => (part ? [part.repository] : []))).size === 1
  return isOne && parts.every((part) => !part || part.version !== '')
    ? parts.map((part) => (part ? part.version : undefined))
    : images
}

const countContainers = (parts: Sections): number => [...parts.keys()].filter((id) => id.endsWith(']')).length
