import { makeBundle, planBundle } from '#main/bundle/make-bundle.ts'
import { aRecordedRelease } from './recorded-release.ts'
import { T0 } from './virtual-clock.ts'

/** A bundle of a whole day. */
export async function aBundle(): Promise<Uint8Array> {
  const { history, clock } = await aRecordedRelease()
  const plan = planBundle(history, { kind: 'time', from: T0 - 1000, until: T0 + 86_400_000 }, clock)
  const made = plan.ok ? await makeBundle(history, plan.value) : plan
  if (!made.ok) throw new Error(made.error.message)
  return made.value.bytes
}
