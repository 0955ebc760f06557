import * as v from 'valibot'
import type { EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { Outcome } from '#lib/outcome.ts'
import { request } from './channel.ts'

/** What a bundle is about (docs/bundles.md). */
export type BundleAbout =
  | { readonly kind: 'rollout'; readonly key: string; readonly run?: string | undefined }
  | { readonly kind: 'plan'; readonly id: string; readonly name: string }
  | { readonly kind: 'time' }

/** What is in a bundle, or would be. */
export interface BundleContents {
  readonly about: BundleAbout
  readonly contexts: readonly string[]
  readonly from: EpochMs
  readonly until: EpochMs
  /** Of the file. */
  readonly bytes: number
  readonly rollouts: number
  readonly versions: number
  readonly entries: number
  readonly plans: number
}

/** A bundle that was read and checked (UI-HIST-6). */
export interface BundleView extends BundleContents {
  /** Of the file. */
  readonly name: string
  readonly app: string
  readonly capturedAt: EpochMs
  readonly by: { readonly account: string; readonly host: string }
  readonly sha256: string
  readonly isLocked: boolean
  /** What the proof of its record says; W10. */
  readonly chains: readonly BundleChain[]
}

export interface BundleChain {
  readonly name: 'journal' | 'written'
  readonly entries: number
  readonly withheld: number
  /** Absent: unbroken. */
  readonly broken?: { readonly id: number; readonly what: 'changed' | 'removed' | 'inserted' } | undefined
}

export interface BundleFaultView {
  readonly kind: 'NotABundle' | 'TooLarge' | 'Newer' | 'Damaged' | 'Malformed' | 'Locked' | 'WrongPassphrase' | 'File'
  readonly message: string
}

export type SavedView =
  | { readonly how: 'saved'; readonly path: string; readonly bytes: number }
  | { readonly how: 'cancelled' }
  /** For a browser, which asks for its parts and saves them. */
  | { readonly how: 'parts'; readonly id: string; readonly name: string; readonly parts: number; readonly type: string }

/** So much of a file goes in one message. */
export const partBytes = 512 * 1024
const partsMax = 136

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(1024))
const moment = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(253_402_300_799_999))
const id = v.pipe(v.string(), v.regex(/^[\w-]{8,64}$/))
const passphrase = v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(1024)))

/** What is to be exported. Without a time: the update or plan from its beginning to its end. */
const wish = v.variant('kind', [
  v.object({
    kind: v.literal('rollout'),
    key: v.pipe(v.string(), v.minLength(5), v.maxLength(4096)),
    run: v.optional(name),
    from: v.optional(moment),
    until: v.optional(moment),
  }),
  v.object({ kind: v.literal('plan'), plan: name }),
  v.object({
    kind: v.literal('time'),
    contexts: v.optional(v.pipe(v.array(name), v.minLength(1), v.maxLength(1000))),
    from: moment,
    until: moment,
  }),
])
export type BundleWishView = v.InferOutput<typeof wish>

export const exportForms = ['bundle', 'html', 'markdown'] as const

export const bundleChannels = {
  /** What a bundle would hold, and how large it would be. */
  'bundle.look': request<Outcome<BundleContents, Failure>>().of(v.object({ wish })),
  /** Makes one, or a report, and saves it where the person says. */
  'bundle.save': request<Outcome<SavedView, Failure>>().of(
    v.object({ wish, form: v.picklist(exportForms), passphrase }),
  ),
  /** What was made for a browser, in base64. */
  'bundle.part': request<Outcome<string, Failure>>().of(
    v.object({ id, part: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(partsMax)) }),
  ),
  /** A file that a person chose, part by part, in order. A new id begins anew. */
  'bundle.upload': request<Outcome<void, Failure>>().of(
    v.object({
      id,
      part: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(partsMax)),
      base64: v.pipe(v.string(), v.maxLength(Math.ceil(partBytes / 3) * 4 + 4)),
    }),
  ),
  /** Checks what was uploaded, and tells what is in it. */
  'bundle.check': request<Outcome<BundleView, BundleFaultView>>().of(v.object({ id, name, passphrase })),
  /** What was checked is what the history shows from now on; `null`: that of this machine again. */
  'bundle.show': request<Outcome<void, Failure>>().of(v.object({ id: v.nullable(id) })),
} as const
