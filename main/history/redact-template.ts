import type { PodTemplateSpec } from '#api/core.ts'
import { redactText } from '#lib/redact-text.ts'
import { looksSecret } from '#lib/secret-names.ts'
import { readJson } from './record-body.ts'
import type { SecretPrints } from './secret-prints.ts'

type Node = Readonly<Record<string, unknown>>

const printForm = /^\[secret [0-9a-f]+\]$/

/** Finds the stored prints in a redacted text. */
export const printForms = /\[secret ([0-9a-f]+)\]/g

/**
 * A copy without secret values (UI-DIFF-3, UI-HIST-6): of environment variables and headers whose name looks secret or whose value
 * holds credentials, of such annotations, and of such flags in `command` and `args`. They become `[secret <print>]`. References
 * (`valueFrom`) are no secrets. Redacting twice changes nothing.
 */
export const redactTemplate = (template: PodTemplateSpec, prints: SecretPrints): PodTemplateSpec => ({
  ...template,
  ...(template.metadata === undefined ? {} : { metadata: redactNode(template.metadata, prints) }),
  ...(template.spec === undefined ? {} : { spec: redactNode(template.spec, prints) }),
})

/** Texts that name an image or pods: a colon or `=` in them follows a name that may look secret, and gives nothing to it. */
const addresses: ReadonlySet<string> = new Set(['image', 'imageID', 'containerID', 'selector'])

/**
 * The same for any JSON that may hold a template somewhere, such as a patch or a whole object. What holds no secret is returned as it is,
 * so that parts which two versions share stay shared.
 */
export function redactJson(value: unknown, prints: SecretPrints): unknown {
  if (Array.isArray(value)) return redactItems(value, (each) => redactJson(each, prints))
  if (typeof value === 'string') return redactText(value)
  return isNode(value) ? redactNode(value, prints) : value
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

function redactItems(items: readonly unknown[], redact: (item: unknown, index: number) => unknown): readonly unknown[] {
  const copy = items.map(redact)
  return copy.every((each, index) => each === items[index]) ? items : copy
}

function redactNode<T extends object>(node: T, prints: SecretPrints): T {
  return redactMembers(node, (field, value) => redactField(node, field, value, prints))
}

function redactMembers<T extends object>(node: T, redact: (field: string, value: unknown) => unknown): T {
  const changed: [string, unknown][] = []
  for (const [field, value] of Object.entries(node)) {
    const redacted = redact(field, value)
    if (redacted !== value) changed.push([field, redacted])
  }
  return changed.length === 0 ? node : { ...node, ...Object.fromEntries(changed) }
}

function redactField(node: object, field: string, value: unknown, prints: SecretPrints): unknown {
  if (field === 'value' && typeof value === 'string') {
    const name = nameOf(node)
    if (name !== undefined) return hideNamed(name, value, prints)
  }
  if ((field === 'command' || field === 'args') && Array.isArray(value)) return hideFlags(value, prints)
  if (field === 'annotations' && isNode(value))
    return redactMembers(value, (name, text) => (typeof text === 'string' ? hideInText(name, text, prints) : text))
  if (typeof value === 'string' && secretFields.has(field)) return hideNamed(field, value, prints)
  return addresses.has(field) ? value : redactJson(value, prints)
}

/** Variables and headers of probes have a `name`, headers of metrics a `key`. */
function nameOf(node: object): string | undefined {
  if ('name' in node && typeof node.name === 'string') return node.name
  return 'key' in node && typeof node.key === 'string' ? node.key : undefined
}

/** Fields of the API whose text is itself a secret; those that only name one (`secretName`) are not. */
const secretFields: ReadonlySet<string> = new Set([
  ...['clientSecret', 'password', 'token', 'bearerToken', 'apiKey', 'accessKey', 'secretKey', 'accessToken'],
  'privateKey',
])

/** An annotation may hold a whole object, as kubectl's last applied one does. */
function hideInText(name: string, text: string, prints: SecretPrints): string {
  if (!text.startsWith('{')) return hideNamed(name, text, prints)
  const json = readJson(text)
  if (!isNode(json)) return hideNamed(name, text, prints)
  const redacted = redactNode(json, prints)
  return redacted === json ? text : JSON.stringify(redacted)
}

/** An empty value hides nothing, and `$(OTHER)` alone is a reference. */
function hideNamed(name: string, value: string, prints: SecretPrints): string {
  const isReference = value === '' || printForm.test(value) || /^\$\([\w.-]+\)$/.test(value)
  if (isReference || !(looksSecret(name) || redactText(value) !== value)) return value
  return `[secret ${prints.stored(name, value)}]`
}

/** `--password=x` and `--password x`; the `args` of an analysis are objects with a name and a value. */
function hideFlags(words: readonly unknown[], prints: SecretPrints): readonly unknown[] {
  return redactItems(words, (word, index) => {
    if (typeof word !== 'string') return redactJson(word, prints)
    const [, flag, value] = /^(--?[\w.-]+)=(.*)$/s.exec(word) ?? []
    if (flag !== undefined && value !== undefined) return `${flag}=${hideNamed(flag, value, prints)}`
    const before = words[index - 1]
    const follows = typeof before === 'string' && /^--?[\w.-]+$/.test(before) && !word.startsWith('-')
    return hideNamed(follows ? before : '', word, prints)
  })
}
