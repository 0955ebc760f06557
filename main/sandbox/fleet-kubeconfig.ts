import { stringify } from 'yaml'

export interface KubeconfigEntry {
  readonly context: string
  readonly url: string
  readonly token: string
  /** Base64; absent over plain HTTP. */
  readonly caData: string | undefined
}

/** The first line of every kubeconfig the sandbox wrote: by it the sandbox knows that it may overwrite the file. */
export const kubeconfigMark = '# Written by "argosy sandbox", which overwrites it.'

/** A kubeconfig with one context per cluster; the first is current. */
export function fleetKubeconfig(entries: readonly KubeconfigEntry[]): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': entries[0]?.context ?? '',
    clusters: entries.map(({ context, url, caData }) => ({
      name: context,
      cluster: { server: url, ...(caData !== undefined && { 'certificate-authority-data': caData }) },
    })),
    users: entries.map(({ context, token }) => ({ name: `${context}-admin`, user: { token } })),
    contexts: entries.map(({ context }) => ({
      name: context,
      context: { cluster: context, user: `${context}-admin`, namespace: 'default' },
    })),
  }
  return `${kubeconfigMark}\n${stringify(config, { lineWidth: 0 })}`
}
