import type { PodTemplateSpec } from '#api/core.ts'
import { redactText } from '#lib/redact-text.ts'
import { looksSecret } from '#lib/secret-names.ts'
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

/** The same for any JSON that may hold a template somewhere, such as a patch. */
export function redactJson(value: unknown, prints: SecretPrints): unknown {
  if (Array.isArray(value)) return value.map((each) => redactJson(each, prints))
  return isNode(value) ? redactNode(value, prints) : value
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

function redactNode<T extends object>(node: T, prints: SecretPrints): T {
  const copy: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(node)) copy[field] = redactField(node, field, value, prints)
  return copy as T
}

function redactField(node: object, field: string, value: unknown, prints: SecretPrints): unknown {
  if (field === 'value' && typeof value === 'string' && 'name' in node && typeof node.name === 'string')
    return hideNamed(node.name, value, prints)
  if ((field === 'command' || field === 'args') && Array.isArray(value)) return hideFlags(value, prints)
  if (field === 'annotations' && isNode(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, text]) => [
        name,
        typeof text === 'string' ? hideNamed(name, text, prints) : text,
      ]),
    )
  return redactJson(value, prints)
}

/** An empty value hides nothing, and `$(OTHER)` alone is a reference. */
function hideNamed(name: string, value: string, prints: SecretPrints): string {
  const isReference = value === '' || printForm.test(value) || /^\$\([\w.-]+\)$/.test(value)
  if (isReference || !(looksSecret(name) || redactText(value) !== value)) return value
  return `[secret ${prints.stored(name, value)}]`
}

/** `--password=x` and `--password x`. */
function hideFlags(words: readonly unknown[], prints: SecretPrints): readonly unknown[] {
  return words.map((word, index) => {
    if (typeof word !== 'string') return word
    const [, flag, value] = /^(--?[\w.-]+)=(.*)$/s.exec(word) ?? []
    if (flag !== undefined && value !== undefined) return `${flag}=${hideNamed(flag, value, prints)}`
    const before = words[index - 1]
    const follows = typeof before === 'string' && /^--?[\w.-]+$/.test(before) && !word.startsWith('-')
    return hideNamed(follows ? before : '', word, prints)
  })
}
