import type { PodTemplateSpec } from '#api/core.ts'
import type { CanaryStep } from '#api/rollout.ts'
import { nothingDropped, typedValue } from '#engine/normalise/typed-value.ts'
import { remembered } from '#lib/remembered.ts'
import { canonicalJson, type JsonPurpose } from './canonical-json.ts'
import { readFieldOrder, readType } from './field-order.ts'
import { podFieldTable } from './field-order-table.ts'

/** Order of the pod template's and the steps' fields. */
export const podFieldOrder = readFieldOrder(podFieldTable)

const templateType = readType('PodTemplateSpec')
const stepsType = readType('[CanaryStep]')

/**
 * The value of label `rollouts-pod-template-hash` for a ReplicaSet made from `template` (REC-40). `template` is what
 * the user wrote: without hash label, ephemeral metadata and injected anti-affinity. A `collisionCount` of 0 differs
 * from none.
 */
export const podTemplateHash = (template: PodTemplateSpec, collisionCount?: number): string =>
  hashText(podTemplateText(template), collisionCount)

/** The hash that releases up to 1.8 gave the same template (REC-43); for finding their ReplicaSets, never for making one. */
export const legacyPodTemplateHash = (template: PodTemplateSpec, collisionCount?: number): string =>
  hashText(canonicalText(template, 'legacyHash'), collisionCount)

/** What goes into `podTemplateHash`. */
export const podTemplateText = remembered((template: PodTemplateSpec): string => canonicalText(template, 'hash'))

/** Equal for two templates exactly when the API calls them equal (REC-44, without its defaults). */
export const podTemplateComparisonText = remembered((template: PodTemplateSpec): string =>
  canonicalText(template, 'comparison'),
)

/** `status.currentStepHash` (REC-41). No steps and an empty list are the same. */
export const stepHash = remembered((steps: readonly CanaryStep[] | undefined): string => hashText(stepText(steps)))

/** What goes into `stepHash`. */
export function stepText(steps: readonly CanaryStep[] | undefined): string {
  const value = typedValue(podFieldOrder, stepsType, steps, '', nothingDropped())
  return Array.isArray(value) && value.length > 0 ? canonicalJson(podFieldOrder, stepsType, value, 'hash') : 'null'
}

/** A pod template as the typed API reads it: see `normaliseRollout`. */
export const normalisePodTemplate = (template: PodTemplateSpec): PodTemplateSpec =>
  (typedValue(podFieldOrder, templateType, template, '', nothingDropped()) ?? {}) as PodTemplateSpec

const canonicalText = (template: PodTemplateSpec, purpose: JsonPurpose): string =>
  canonicalJson(podFieldOrder, templateType, normalisePodTemplate(template), purpose)

/** FNV-1a over the UTF-8 text, then the collision count as eight little-endian bytes, as safe letters. */
function hashText(text: string, collisionCount?: number): string {
  let hash = 0x811c9dc5
  const add = (byte: number) => {
    hash = Math.imul(hash ^ byte, 0x01000193)
  }
  for (let at = 0; at < text.length; at++) {
    const point = text.codePointAt(at) ?? 0
    if (point < 0x80) add(point)
    else for (const byte of utf8(point)) add(byte)
    if (point > 0xffff) at++
  }
  if (collisionCount !== undefined) {
    for (let i = 0; i < 4; i++) add((collisionCount >>> (8 * i)) & 0xff)
    for (let i = 0; i < 4; i++) add(0)
  }
  return safeEncode(String(hash >>> 0))
}

/** Bytes of one code point that is not ASCII. `TextEncoder` belongs to hosts, and the engine has none. */
function utf8(point: number): readonly number[] {
  const tail = (shift: number) => 0x80 | ((point >> shift) & 0x3f)
  if (point < 0x800) return [0xc0 | (point >> 6), tail(0)]
  if (point < 0x10000) return [0xe0 | (point >> 12), tail(6), tail(0)]
  return [0xf0 | (point >> 18), tail(12), tail(6), tail(0)]
}

/** Letters and digits that cannot spell a word: no vowels, no look-alikes. */
const safeAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

const safeEncode = (text: string): string =>
  Array.from(text, (character) => safeAlphabet[character.charCodeAt(0) % safeAlphabet.length]).join('')
