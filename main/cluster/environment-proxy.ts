import { BlockList, isIP } from 'node:net'

type Env = Readonly<Record<string, string | undefined>>

/**
 * The proxy that the environment names for an address (HTTP_PROXY, HTTPS_PROXY, NO_PROXY, in capitals or not), as Go's clients
 * read it: loopback is never proxied.
 */
export function environmentProxy(url: URL, env: Env): string | undefined {
  if (isLoopback(url.hostname) || isExempt(url, env['NO_PROXY'] ?? env['no_proxy'] ?? '')) return undefined
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const value = env[name] ?? env[name.toLowerCase()]
  return value === '' ? undefined : value
}

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)

/** NO_PROXY: `*`, an address, a range of them (`10.0.0.0/8`), or a domain with all below it; a port may follow but for a range. */
function isExempt(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  return noProxy
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .filter((each) => each !== '')
    .some((each) => {
      if (each === '*') return true
      if (each.includes('/')) return isInRange(host, each)
      const [, name = each, onlyPort] = /^(.*?):(\d+)$/.exec(isIP(each) === 0 ? each : '') ?? []
      if (onlyPort !== undefined && onlyPort !== port) return false
      const domain = name.replace(/^\*?\./, '')
      return host === domain || host.endsWith(`.${domain}`)
    })
}

function isInRange(host: string, range: string): boolean {
  const [, network = '', bits = ''] = /^(.+)\/(\d{1,3})$/.exec(range) ?? []
  const family = isIP(network)
  if (family === 0 || isIP(host) !== family || Number(bits) > (family === 4 ? 32 : 128)) return false
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(network, Number(bits), kind)
  return list.check(host, kind)
}
