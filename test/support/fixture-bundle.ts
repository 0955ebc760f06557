import type { BundleContents, BundleFaultView, BundleView } from '#contract/bundle-views.ts'
import type { Handlers } from '#contract/requests.ts'
import type { EpochMs } from '#lib/clock.ts'
import { failure, success } from '#lib/outcome.ts'
import type { Scene } from './fixture-bridge.ts'

type BundleHandlers = Pick<Handlers, Extract<keyof Handlers, `bundle.${string}`>>

const contents = (now: EpochMs, scene: Scene): BundleContents => ({
  about: { kind: 'time' },
  contexts:
    scene === 'long'
      ? longContexts
      : ['prod-ap-south', 'prod-eu-central', 'prod-eu-west', 'prod-us-east', 'prod-us-west'],
  from: now - 86_400_000,
  until: now - 540_000,
  ...{ bytes: 13_002_342, rollouts: 214, versions: 38_120, entries: 412, plans: 3 },
})

const longContexts = Array.from(
  { length: 24 },
  (_, at) => `arn:aws:eks:eu-central-${at}:123456789012:cluster/payments-production-primary`,
)

/** `incident-4127.argosy`, as it is told before it is opened, and while it is shown. */
export const aBundleView = (now: EpochMs, scene: Scene = 'fleet'): BundleView => ({
  ...contents(now, scene),
  name:
    scene === 'long' ? `${'incident-review-of-the-night-of-the-long-names-'.repeat(3)}.argosy` : 'incident-4127.argosy',
  ...{ app: '0.1.0', capturedAt: now - 540_000, by: { account: 'm.ortega', host: 'desk-12' } },
  ...{ sha256: 'a3f1'.repeat(16), isLocked: false },
  chains: [
    { name: 'journal', entries: 31, withheld: 4 },
    scene === 'troubles'
      ? { name: 'written', entries: 0, withheld: 0, broken: { id: 118, what: 'changed' } }
      : { name: 'written', entries: 381, withheld: 0 },
  ],
})

/** What main answers; names and passphrases choose the answer. */
export function bundleHandlers(now: EpochMs, scene: Scene, tell: (bundle: BundleView | null) => void): BundleHandlers {
  const fault = (kind: BundleFaultView['kind'], message: string) => failure<BundleFaultView>({ kind, message })
  return {
    'bundle.look': async () =>
      scene === 'noContexts'
        ? failure({ kind: 'Invalid', message: 'Nothing is recorded of it.', causes: [] })
        : success(contents(now, scene)),
    'bundle.save': async () =>
      success({ how: 'saved', path: '/home/m.ortega/argosy-checkout-api-2026-11-07.argosy', bytes: 13_002_342 }),
    'bundle.part': async () => success(''),
    'bundle.upload': async () => success(undefined),
    'bundle.check': async ({ name, passphrase }) => {
      if (name.includes('locked') && passphrase === undefined) return fault('Locked', 'It is locked with a passphrase.')
      if (name.includes('locked') && passphrase === 'wrong')
        return fault('WrongPassphrase', 'The passphrase is wrong, or the file is damaged.')
      if (name.includes('damaged'))
        return fault('Damaged', 'The file is damaged: its content does not have the checksum that it says.')
      return success({ ...aBundleView(now, scene), name })
    },
    'bundle.show': async ({ id }) => {
      tell(id === null ? null : aBundleView(now, scene))
      return success(undefined)
    },
  }
}
