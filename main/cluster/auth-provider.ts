import type { RequestOptions } from 'node:https'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { redactText } from '#lib/redact-text.ts'
import type { UserEntry } from './kubeconfig-file.ts'

/** Answers with the value of the Authorization header. Errors: a sentence for the user. */
export type AuthProvider = () => Promise<Outcome<string, string>>

/**
 * The `auth-provider` kinds (`oidc` with refresh, and the legacy `gcp` and `azure`) through the Kubernetes client library. It is
 * loaded on first use: it costs a third of a second and 84 MB, and hardly any kubeconfig still needs it.
 */
export function createAuthProvider(user: UserEntry): AuthProvider {
  const { name = '', config = {} } = user.authProvider ?? {}
  let loading: ReturnType<typeof load> | undefined
  const load = async () => {
    const { KubeConfig } = await import('@kubernetes/client-node')
    const kubeConfig = new KubeConfig()
    // Only the Authorization header is taken from it; the server stands for none. The library writes refreshed tokens into `config`.
    kubeConfig.loadFromClusterAndUser(
      { name: 'none', server: 'https://none.invalid', skipTLSVerify: false },
      { name: user.name, authProvider: { name, config: { ...config } } },
    )
    return kubeConfig
  }
  return async () => {
    const options: RequestOptions = {}
    try {
      loading ??= load()
      await (await loading).applyToHTTPSOptions(options)
    } catch (error) {
      return failure(`Signing in with auth-provider ${name} failed: ${redactText(String(error))}`)
    }
    const headers = options.headers as Readonly<Record<string, unknown>> | undefined
    const authorization = headers?.['Authorization']
    if (typeof authorization === 'string') return success(authorization)
    return failure(
      `The ${name} token in the kubeconfig has expired and cannot be refreshed. Sign in again with the tool that wrote it.`,
    )
  }
}
