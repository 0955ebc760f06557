import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ContextAccess, type KubeconfigContexts, summary } from './kubeconfig.ts'

/** How the cluster around this process is called where contexts have names. */
export const inClusterContext = 'in-cluster'

const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * Access to the cluster whose pod this process runs in, by the account of the pod; `undefined` outside of one. Token and authority stay
 * files: the token is replaced while the pod lives, and read again as those of a kubeconfig are.
 */
export function inClusterAccess(
  env: Readonly<Record<string, string | undefined>> = process.env,
  folder = accountFolder,
): ContextAccess | undefined {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = env
  const tokenFile = join(folder, 'token')
  if (host === '' || port === '' || !existsSync(tokenFile)) return undefined
  const authority = join(folder, 'ca.crt')
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`
  return {
    context: inClusterContext,
    namespace: textOf(join(folder, 'namespace')),
    cluster: {
      name: inClusterContext,
      server,
      certificateAuthority: existsSync(authority) ? { file: authority } : undefined,
      insecureSkipTlsVerify: false,
      tlsServerName: undefined,
      proxyUrl: undefined,
      execConfig: undefined,
    },
    user: {
      name: inClusterContext,
      tokenFile,
      certificate: undefined,
      key: undefined,
      token: undefined,
      username: undefined,
      password: undefined,
      impersonate: undefined,
      exec: undefined,
      authProvider: undefined,
    },
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}

/** As if a kubeconfig had this one context. */
export const inClusterContexts = (access: ContextAccess): KubeconfigContexts => ({
  contexts: [summary(access)],
  currentContext: access.context,
  files: [],
  problems: [],
  access: (context) => (context === access.context ? access : undefined),
})
