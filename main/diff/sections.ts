import { isRecord } from '#engine/normalise/typed-value.ts'
import { rememberedTexts } from '#lib/remembered.ts'
import { redactJson } from '#main/history/redact-template.ts'
import type { SecretPrints } from '#main/history/secret-prints.ts'
import { documentOf } from './document.ts'
import { type FieldValue, fieldsOf } from './fields.ts'
import { showPrints } from './hidden.ts'

type Json = Readonly<Record<string, unknown>>

/** Fields by their whole path. */
export type Section = ReadonlyMap<string, FieldValue>

/** The fields of a Rollout in parts: each container, its variables, and all around them. Equal parts are the same object. */
export type Sections = ReadonlyMap<string, Section>

/** Lists that have a section for each item. */
const lists = ['containers', 'initContainers'] as const

/**
 * Reads the spec of Rollouts, secrets replaced by prints. A fleet runs the same in many clusters but for a few variables: a part that
 * is the same to the letter is read once, so that five thousand Rollouts cost what differs between them.
 */
export function sectionReader(prints: SecretPrints): (spec: Json) => Sections {
  const known = rememberedTexts<Section>()
  const section = (id: string, part: Json, path: string): Section =>
    known(`${id}\0${JSON.stringify(part)}`, () => read(part, path, prints))
  const oneByOne = (id: string, items: readonly unknown[], wrap: (item: unknown) => Json, path: string): Section =>
    known(`${id}\0${JSON.stringify(items)}`, () => {
      const each = items.map((item) => known(`${id}\0\0${JSON.stringify(item)}`, () => read(wrap(item), path, prints)))
      return new Map(each.flatMap((one) => [...one]))
    })
  return (spec) => {
    const found = new Map<string, Section>()
    const pod = podOf(spec)
    found.set(
      '',
      section('', withPod(spec, { ...pod, ...Object.fromEntries(lists.map((list) => [list, undefined])) }), ''),
    )
    for (const list of lists) {
      for (const container of recordsIn(pod[list])) {
        const { env, ...around } = container
        const path = `spec.template.spec.${list}[${String(container['name'])}]`
        const wrap = (inside: Json) => withPod({}, { [list]: [inside] })
        found.set(path, section(path, wrap(around), path))
        const wrapOne = (item: unknown) => wrap({ name: container['name'], env: [item] })
        if (Array.isArray(env)) found.set(`${path}.env`, oneByOne(`${path}.env`, env, wrapOne, `${path}.env[`))
      }
    }
    return found
  }
}

function podOf({ template }: Json): Json {
  const pod = isRecord(template) ? template['spec'] : undefined
  return isRecord(pod) ? pod : {}
}

const withPod = (spec: Json, pod: Json): Json => {
  const { template } = spec
  return { ...spec, template: { ...(isRecord(template) ? template : {}), spec: pod } }
}

const recordsIn = (list: unknown): readonly Json[] => (Array.isArray(list) ? list.filter(isRecord) : [])

/** The fields of a part, without what the API takes for granted around it. */
function read(spec: Json, path: string, prints: SecretPrints): Section {
  const redacted = redactJson(spec, prints) as Json
  const shown = showPrints(redacted, (print) => `hidden (${prints.shown(print)})`)
  const fields = fieldsOf(documentOf({ kind: 'rollout', metadata: {}, spec: shown }))
  return path === '' ? fields : new Map([...fields].filter(([at]) => at.startsWith(path)))
}
