import type { PodTemplateSpec } from '#api/core.ts'
import type { KubeObject } from '#api/meta.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import { type ConfigRef, configRefs } from '#engine/pod-template/config-refs.ts'
import { redactText } from '#lib/redact-text.ts'
import { looksSecret } from '#lib/secret-names.ts'
import type { SecretPrints } from '#main/history/secret-prints.ts'
import type { Manifest } from './document.ts'

/** What a template refers to. */
export function refsOf(manifest: Manifest): readonly ConfigRef[] {
  if (manifest.kind === 'other') return []
  const template = manifest.kind === 'template' ? manifest.template : manifest.spec['template']
  return isRecord(template) ? configRefs(template as PodTemplateSpec) : []
}

/** An object that was read, of one side. */
export interface ReadConfig {
  readonly ref: ConfigRef
  readonly object: KubeObject
}

/**
 * What is in ConfigMaps and Secrets, as one manifest to compare. Values of Secrets, and what looks like one in a ConfigMap, are prints.
 * Names that tools make new with each change, `web-7f9c2d4k8m`, are told without what changes.
 */
export function configManifest(read: readonly ReadConfig[], prints: SecretPrints): Manifest {
  const kinds: Record<string, Record<string, unknown>> = {}
  const bases = read.map(({ ref }) => `${ref.kind} ${baseName(ref.name)}`)
  read.forEach(({ ref, object }, at) => {
    const isOnly = bases.filter((base) => base === bases[at]).length === 1
    const name = isOnly ? baseName(ref.name) : ref.name
    const held = ref.kind === 'Secret' ? secretValues(object, name, prints) : configValues(object, name, prints)
    kinds[ref.kind] = { ...kinds[ref.kind], [name]: held }
  })
  return { kind: 'other', object: kinds }
}

const baseName = (name: string): string => name.replace(/-(?=[a-z0-9]*\d)[a-z0-9]{8,10}$/, '')

const entries = (object: KubeObject, field: string): readonly (readonly [string, string])[] => {
  const held = (object as unknown as Readonly<Record<string, unknown>>)[field]
  return isRecord(held) ? Object.entries(held).map(([name, value]) => [name, String(value)] as const) : []
}

const print = (prints: SecretPrints, name: string, value: string): string => `[secret ${prints.stored(name, value)}]`

const secretValues = (object: KubeObject, of: string, prints: SecretPrints): unknown =>
  Object.fromEntries(
    [...entries(object, 'data'), ...entries(object, 'stringData')].map(([name, value]) => [
      name,
      print(prints, `${of}/${name}`, value),
    ]),
  )

function configValues(object: KubeObject, of: string, prints: SecretPrints): unknown {
  const texts = entries(object, 'data').map(([name, value]) => [
    name,
    looksSecret(name) ? print(prints, `${of}/${name}`, value) : withoutSecrets(`${of}/${name}`, value, prints),
  ])
  const bytes = entries(object, 'binaryData').map(([name, value]) => [name, print(prints, `${of}/${name}`, value)])
  return Object.fromEntries([...texts, ...bytes])
}

const assigned = /^(\s*["']?([\w.-]+)["']?\s*[:=]\s*)(\S.*)$/

/** Line by line: what is given to a name that looks secret, and whole lines that hold credentials. */
const withoutSecrets = (name: string, text: string, prints: SecretPrints): string =>
  text
    .split('\n')
    .map((line) => {
      const [, head = '', key = '', value = ''] = assigned.exec(line) ?? []
      if (value !== '' && looksSecret(key)) return `${head}${print(prints, `${name}/${key}`, value)}`
      return redactText(line) === line ? line : print(prints, name, line)
    })
    .join('\n')
