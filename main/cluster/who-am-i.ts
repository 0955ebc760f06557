import { apiVersionOf, resources } from '#api/resources.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import type { ClusterClient } from './client.ts'

/** Whom a cluster takes us for. */
export interface WhoAmI {
  /** The cluster's own name of the user, asked for once; `undefined` where it does not tell. Never fails. */
  name(): Promise<string | undefined>
  /** Another credential is used from now on. */
  forget(): void
}

const askAgainMs = 60_000
const lengthMax = 256

/** By a SelfSubjectReview, which every authenticated user may post. */
export function createWhoAmI(client: Pick<ClusterClient, 'create'>, clock: Clock): WhoAmI {
  let known: { readonly name: Promise<string | undefined>; until: EpochMs } | undefined
  return {
    name() {
      if (known !== undefined && clock.now() < known.until) return known.name
      const asked = { name: ask(client), until: Number.POSITIVE_INFINITY }
      known = asked
      void asked.name.then((name) => {
        if (name === undefined) asked.until = clock.now() + askAgainMs
      })
      return asked.name
    },
    forget() {
      known = undefined
    },
  }
}

async function ask(client: Pick<ClusterClient, 'create'>): Promise<string | undefined> {
  const { kind } = resources.selfSubjectReviews
  const review = { apiVersion: apiVersionOf(resources.selfSubjectReviews), kind, metadata: { name: '' } }
  const answer = await client.create(resources.selfSubjectReviews, review)
  if (!answer.ok) return undefined
  const { status } = answer.value as { readonly status?: { readonly userInfo?: { readonly username?: unknown } } }
  const name = status?.userInfo?.username
  return typeof name === 'string' && name !== '' ? name.slice(0, lengthMax) : undefined
}
