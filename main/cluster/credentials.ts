import type { Clock, EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { createAuthProvider } from './auth-provider.ts'
import { runExecPlugin } from './exec-plugin.ts'
import { impersonationHeaders } from './impersonation.ts'
import { readMaterial, readTextFile } from './key-material.ts'
import type { ContextAccess } from './kubeconfig.ts'
import type { UserEntry } from './kubeconfig-file.ts'

/** What a request needs to be accepted. Holds secrets: never log it. */
export interface Credential {
  readonly headers: Readonly<Record<string, string | string[]>>
  /** PEM texts. Another value here means another connection pool. */
  readonly tls: {
    readonly ca: string | undefined
    readonly certificate: string | undefined
    readonly key: string | undefined
  }
}

export interface CredentialSource {
  /** The credential in force. Errors: a sentence that says how to sign in. */
  current(): Promise<Outcome<Credential, string>>
  /**
   * After a 401: reads files again or runs the plugin again, once for all requests that were refused with `rejected`.
   * `undefined`: the answer is the same as before, so asking the API server again would not help.
   */
  renew(rejected: Credential): Promise<Outcome<Credential | undefined, string>>
}

/** A token obtained somewhere, and when to look there again. */
interface Grant {
  readonly authorization: string | undefined
  readonly certificate?: string | undefined
  readonly key?: string | undefined
  readonly renewAt: EpochMs
}

/** Files are looked at again this often: tokens of service accounts and certificates rotate on disk. */
const fileLifetimeMs = 60_000
const authProviderLifetimeMs = 5_000
const neverAgain = Number.MAX_SAFE_INTEGER

/** How long before it ends a credential is renewed; clocks differ and requests take time. */
const expirySkewMs = 60_000
const failureBackoffMs = { first: 1_000, max: 10_000 }

/**
 * The credential of one context. Everything obtained is cached, obtained once however many requests wait for it, and after a
 * failure asked for again only with back-off.
 */
export function createCredentials(access: ContextAccess, clock: Clock): CredentialSource {
  const obtainGrant = grantSource(access, clock)
  const impersonation = impersonationHeaders(access.user?.impersonate)

  const obtain = async (): Promise<Outcome<Cached, string>> => {
    const [ca, certificate, key, grant] = await Promise.all([
      readMaterial(access.cluster.certificateAuthority, 'certificate-authority'),
      readMaterial(access.user?.certificate, 'client-certificate'),
      readMaterial(access.user?.key, 'client-key'),
      obtainGrant(),
    ])
    if (!ca.ok) return ca
    if (!certificate.ok) return certificate
    if (!key.ok) return key
    if (!grant.ok) return grant
    const { authorization, renewAt } = grant.value
    return success({
      credential: {
        headers: { ...(authorization !== undefined && { Authorization: authorization }), ...impersonation },
        tls: {
          ca: ca.value,
          certificate: grant.value.certificate ?? certificate.value,
          key: grant.value.key ?? key.value,
        },
      },
      renewAt: Math.min(renewAt, usesFiles(access) ? clock.now() + fileLifetimeMs : neverAgain),
    })
  }
  return cachedSource(obtain, clock)
}

interface Cached {
  readonly credential: Credential
  readonly renewAt: EpochMs
}

function cachedSource(obtain: () => Promise<Outcome<Cached, string>>, clock: Clock): CredentialSource {
  let cached: Cached | undefined
  let underWay: Promise<Outcome<Cached, string>> | undefined
  let failed: { readonly error: string; readonly retryAt: EpochMs; readonly attempts: number } | undefined

  const obtainOnce = (): Promise<Outcome<Cached, string>> => {
    underWay ??= obtain().then((outcome) => {
      underWay = undefined
      if (outcome.ok) {
        // An unchanged credential keeps its identity: that is how `renew` knows that nothing was gained.
        const same = cached !== undefined && sameCredential(cached.credential, outcome.value.credential)
        cached = same && cached !== undefined ? { ...cached, renewAt: outcome.value.renewAt } : outcome.value
        failed = undefined
        return success(cached)
      }
      const attempts = (failed?.attempts ?? 0) + 1
      const delay = Math.min(failureBackoffMs.max, failureBackoffMs.first * 2 ** (attempts - 1))
      failed = { error: outcome.error, retryAt: clock.now() + delay, attempts }
      return outcome
    })
    return underWay
  }
  const inForce = async (): Promise<Outcome<Cached, string>> => {
    if (cached !== undefined && clock.now() < cached.renewAt) return success(cached)
    if (failed !== undefined && clock.now() < failed.retryAt) return failure(failed.error)
    return obtainOnce()
  }
  return {
    async current() {
      const outcome = await inForce()
      return outcome.ok ? success(outcome.value.credential) : outcome
    },
    async renew(rejected) {
      if (cached?.credential === rejected) cached = { ...cached, renewAt: 0 }
      const outcome = await inForce()
      if (!outcome.ok) return outcome
      return success(outcome.value.credential === rejected ? undefined : outcome.value.credential)
    },
  }
}

const sameCredential = (a: Credential, b: Credential): boolean => JSON.stringify(a) === JSON.stringify(b)

function usesFiles({ cluster, user }: ContextAccess): boolean {
  return [cluster.certificateAuthority, user?.certificate, user?.key].some(
    (each) => each !== undefined && 'file' in each,
  )
}

/** Precedence as in kubectl: a token file before a token, those before basic auth, those before plugins. */
function grantSource({ user, cluster }: ContextAccess, clock: Clock): () => Promise<Outcome<Grant, string>> {
  const authorization = fixedAuthorization(user)
  if (user?.tokenFile !== undefined) return () => tokenFileGrant(user.tokenFile ?? '', clock)
  if (user !== undefined && authorization === undefined && user.exec !== undefined) {
    const { exec } = user
    return async () => {
      const startedAt = clock.now()
      const outcome = await runExecPlugin(exec, cluster, clock)
      if (!outcome.ok) return outcome
      const { token, certificate, key, expiresAt } = outcome.value
      return success({
        authorization: token === undefined ? undefined : `Bearer ${token}`,
        certificate,
        key,
        renewAt: expiresAt === undefined ? neverAgain : renewalTime(startedAt, expiresAt),
      })
    }
  }
  if (user !== undefined && authorization === undefined && user.authProvider !== undefined) {
    const provider = createAuthProvider(user)
    return async () => {
      const outcome = await provider()
      return outcome.ok
        ? success({ authorization: outcome.value, renewAt: clock.now() + authProviderLifetimeMs })
        : outcome
    }
  }
  return async () => success({ authorization, renewAt: neverAgain })
}

function fixedAuthorization(user: UserEntry | undefined): string | undefined {
  if (user?.token !== undefined) return `Bearer ${user.token}`
  if (user?.username === undefined) return undefined
  return `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`
}

async function tokenFileGrant(file: string, clock: Clock): Promise<Outcome<Grant, string>> {
  const text = await readTextFile(file)
  if (!text.ok) return text
  const token = text.value.trim()
  if (token === '') return failure(`${file}, named in the kubeconfig as tokenFile, is empty.`)
  return success({ authorization: `Bearer ${token}`, renewAt: clock.now() + fileLifetimeMs })
}

/** A minute before the end, but a credential that lives shorter than two minutes is used for half its life. */
const renewalTime = (obtainedAt: EpochMs, expiresAt: EpochMs): EpochMs =>
  Math.max(expiresAt - expirySkewMs, obtainedAt + (expiresAt - obtainedAt) / 2)
