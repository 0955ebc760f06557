import { type Document, isMap, isSeq, LineCounter, parseDocument } from 'yaml'

/** Where a value stands in a plan: `['waves', 1, 'maxConcurrent']`. */
export type PlanPath = readonly (string | number)[]

/** A plan as a form shows it: what is written, as it is written; nothing is filled in. */
export interface PlanForm {
  readonly name: string
  readonly home: { readonly context: string; readonly namespace: string }
  readonly change: ChangeForm
  readonly members: readonly MemberForm[]
  readonly waves: readonly WaveForm[]
  /** A value of the plan itself, empty where it is left out. */
  readonly field: (name: string) => string
  /** How many windows there are; they are written in the text. */
  readonly windowCount: number
}

export type ChangeForm =
  | { readonly kind: 'setImage'; readonly images: readonly { readonly container: string; readonly image: string }[] }
  | { readonly kind: 'undo'; readonly toRevision: string }
  | { readonly kind: 'gate' }

export interface MemberForm {
  readonly context: string
  readonly namespace: string
  readonly rollout: string
  readonly trafficShare: string
}

export interface WaveForm {
  readonly name: string
  /** What it is made of, in the words of the text; `rest`: all that are left. */
  readonly select:
    | { readonly kind: 'contexts'; readonly contexts: readonly string[] }
    | { readonly kind: 'labels'; readonly labels: string }
    | { readonly kind: 'rest' }
    | { readonly kind: 'late' }
  readonly isPilot: boolean
  /** A value of the wave, empty where it is left out. */
  readonly field: (name: string) => string
  readonly evidenceCount: number
}

export interface BrokenText {
  readonly message: string
  readonly line: number
}

/** The plan in a text, or where the text cannot be read at all. Never throws, whatever the text. */
export function readPlanText(text: string): PlanForm | BrokenText {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const [error] = document.errors
  if (error !== undefined)
    return { message: error.message.split('\n')[0] ?? '', line: lines.linePos(error.pos[0]).line }
  if (document.contents !== null && !isMap(document.contents)) return { message: '', line: 1 }
  return formOf(document)
}

export const isBroken = (form: PlanForm | BrokenText): form is BrokenText => 'line' in form

const wordOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
const wordAt = (document: Document, path: PlanPath): string => wordOf(document.getIn(path))
const countAt = (document: Document, path: PlanPath): number => {
  const list = document.getIn(path)
  return isSeq(list) ? list.items.length : 0
}
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)

function formOf(document: Document): PlanForm {
  return {
    name: wordAt(document, ['name']),
    home: { context: wordAt(document, ['home', 'context']), namespace: wordAt(document, ['home', 'namespace']) },
    change: changeOf(document),
    members: range(countAt(document, ['members'])).map((index) => {
      const at = (name: string) => wordAt(document, ['members', index, name])
      return {
        context: at('context'),
        namespace: at('namespace'),
        rollout: at('rollout'),
        trafficShare: at('trafficShare'),
      }
    }),
    waves: range(countAt(document, ['waves'])).map((index) => waveOf(document, index)),
    field: (name) => wordAt(document, [name]),
    windowCount: countAt(document, ['windows']),
  }
}

function changeOf(document: Document): ChangeForm {
  if (document.hasIn(['change', 'undo'])) {
    return { kind: 'undo', toRevision: wordAt(document, ['change', 'undo', 'toRevision']) }
  }
  if (document.hasIn(['change', 'gate'])) return { kind: 'gate' }
  const images = document.getIn(['change', 'setImage'])
  if (!isMap(images)) return { kind: 'setImage', images: [] }
  return {
    kind: 'setImage',
    images: Object.entries(images.toJSON() as Record<string, unknown>).map(([container, image]) => ({
      container,
      image: wordOf(image),
    })),
  }
}

function waveOf(document: Document, index: number): WaveForm {
  const at = (...path: PlanPath) => ['waves', index, ...path]
  return {
    name: wordAt(document, at('name')),
    select: selectOf(document, at('select')),
    isPilot: document.getIn(at('pilot')) === true,
    field: (name) => wordAt(document, at(name)),
    evidenceCount: countAt(document, at('minEvidence')),
  }
}

function selectOf(document: Document, path: PlanPath): WaveForm['select'] {
  const contexts = document.getIn([...path, 'contexts'])
  if (isSeq(contexts)) return { kind: 'contexts', contexts: (contexts.toJSON() as unknown[]).map(wordOf) }
  if (document.getIn([...path, 'late']) === true) return { kind: 'late' }
  const labels = document.getIn([...path, 'matchLabels'])
  if (!isMap(labels)) return { kind: 'rest' }
  const pairs = Object.entries(labels.toJSON() as Record<string, unknown>).map(
    ([name, value]) => `${name}=${wordOf(value)}`,
  )
  return { kind: 'labels', labels: pairs.join(', ') }
}

/** One change to the text that the form makes. */
export type PlanEdit =
  /** `undefined` leaves it out. */
  | { readonly kind: 'set'; readonly path: PlanPath; readonly value: unknown }
  | { readonly kind: 'rename'; readonly path: PlanPath; readonly to: string }
  | { readonly kind: 'add'; readonly path: PlanPath; readonly value: unknown }
  | { readonly kind: 'remove'; readonly path: PlanPath }
  | { readonly kind: 'move'; readonly path: PlanPath; readonly by: 1 | -1 }

/** The text with one change made; all else of it, comments too, stays as it was written. */
export function editPlanText(text: string, edit: PlanEdit): string {
  const document = parseDocument(text)
  if (document.errors.length > 0) return text
  if (document.contents === null) document.contents = document.createNode({}) as never
  apply(document, edit)
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}

function apply(document: Document, edit: PlanEdit): void {
  const { path } = edit
  switch (edit.kind) {
    case 'set':
      if (edit.value === undefined) document.deleteIn(path)
      else setIn(document, path, edit.value)
      return
    case 'rename': {
      const map = document.getIn(path.slice(0, -1))
      const pair = isMap(map) ? map.items.find(({ key }) => wordOf(keyOf(key)) === path.at(-1)) : undefined
      if (pair !== undefined) pair.key = document.createNode(edit.to)
      return
    }
    case 'add': {
      const list = document.getIn(path)
      if (isSeq(list)) {
        // An empty list is written `[]`; what is put in it stands on lines of its own.
        if (list.items.length === 0) list.flow = false
        list.add(document.createNode(edit.value))
      } else setIn(document, path, [edit.value])
      return
    }
    case 'remove':
      document.deleteIn(path)
      return
    case 'move': {
      const list = document.getIn(path.slice(0, -1))
      const from = Number(path.at(-1))
      if (!isSeq(list) || list.items[from + edit.by] === undefined) return
      const [item] = list.items.splice(from, 1)
      list.items.splice(from + edit.by, 0, item)
    }
  }
}

const keyOf = (key: unknown): unknown => (typeof key === 'object' && key !== null && 'value' in key ? key.value : key)

/** As `setIn`, but where a scalar or nothing stands in the way of the path it makes room. */
function setIn(document: Document, path: PlanPath, value: unknown): void {
  for (const length of range(path.length).slice(1)) {
    const before = document.getIn(path.slice(0, length))
    if (before !== undefined && !isMap(before) && !isSeq(before)) document.deleteIn(path.slice(0, length))
  }
  document.setIn(path, typeof value === 'object' ? document.createNode(value) : value)
}

/** A number where a number was meant, so that the text says `2` and not `"2"`; empty leaves it out. */
export function typedValue(written: string): string | number | undefined {
  const trimmed = written.trim()
  if (trimmed === '') return undefined
  return /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed
}

/** `region=eu, tier=1` → labels; what has no `=` is left out. */
export const labelsOf = (written: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    written
      .split(',')
      .map((part) => part.trim().split('='))
      .flatMap(([name = '', ...value]) =>
        name === '' || value.length === 0 ? [] : [[name.trim(), value.join('=').trim()]],
      ),
  )

/** `waves[1].maxConcurrent`, as faults name their fields. */
export const fieldName = (path: PlanPath): string =>
  path.reduce<string>(
    (all, part) => (typeof part === 'number' ? `${all}[${part}]` : all === '' ? part : `${all}.${part}`),
    '',
  )
