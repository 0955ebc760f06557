import { Agent, type Dispatcher, ProxyAgent, Socks5ProxyAgent } from 'undici'
import type { Clock } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { environmentProxy } from '#main/cluster/environment-proxy.ts'
import type { Exchange, ExchangeAnswer, Send } from './exchange.ts'
import { goErrorText, isDialFailure } from './go-error.ts'
import type { Http } from './http.ts'
import { exchangeOver } from './over-dispatcher.ts'
import { httpThrough } from './through.ts'

export interface DirectHttp {
  readonly http: Http
  /** Without redirects and deadline, for who has them already. */
  readonly send: Send
  /** Ends what is under way and closes every connection. */
  readonly close: () => Promise<void>
}

type Env = Readonly<Record<string, string | undefined>>

/** Per host; they are kept for seconds after their last exchange. */
const connections = 8
const connectTimeoutMs = 30_000

/** The Http port from this machine. @param env names proxies (PRV-110). */
export function createDirectHttp(options: { readonly clock: Clock; readonly env: Env }): DirectHttp {
  const pools = createPools()
  const send: Send = (exchange) => sendFrom(exchange, options.env, pools.of)
  return { http: httpThrough(send, options.clock), send, close: () => pools.close() }
}

type PoolOf = (proxy: string | undefined, insecure: boolean) => Outcome<Dispatcher, string>

async function sendFrom(exchange: Exchange, env: Env, poolOf: PoolOf): Promise<Outcome<ExchangeAnswer, string>> {
  const { url } = exchange
  const proxy = environmentProxy(url, env)
  const pool = poolOf(proxy, exchange.insecure)
  if (!pool.ok) return pool
  try {
    return await exchangeOver(pool.value, url.origin, exchange)
  } catch (error) {
    const text = goErrorText(error, url)
    return failure(proxy !== undefined && isDialFailure(error) ? `proxyconnect tcp: ${text}` : text)
  }
}

/** One pool per proxy, and one more where certificates are not checked. */
function createPools() {
  const pools = new Map<string, Dispatcher>()
  return {
    of: ((proxy, insecure) => {
      const key = `${insecure} ${proxy}`
      const known = pools.get(key)
      if (known !== undefined) return success(known)
      const created = createPool(proxy, insecure)
      if (created.ok) pools.set(key, created.value)
      return created
    }) satisfies PoolOf,
    async close() {
      const open = [...pools.values()]
      pools.clear()
      await Promise.all(open.map((each) => each.destroy()))
    },
  }
}

function createPool(proxy: string | undefined, insecure: boolean): Outcome<Dispatcher, string> {
  const connect = { timeout: connectTimeoutMs, ...(insecure && { rejectUnauthorized: false }) }
  // The whole exchange is bounded by whoever asks.
  const options = { allowH2: false, connections, headersTimeout: 0, bodyTimeout: 0 }
  if (proxy === undefined) return success(new Agent({ ...options, connect }))
  const url = URL.parse(/^[a-z0-9]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`)
  if (url?.protocol === 'http:' || url?.protocol === 'https:')
    return success(new ProxyAgent({ ...options, uri: url.href, requestTls: connect }))
  if (url?.protocol === 'socks5:' || url?.protocol === 'socks5h:')
    return success(new Socks5ProxyAgent(url.href.replace('socks5h:', 'socks5:'), { ...options, requestTls: connect }))
  return failure('the proxy of the environment must be an http, https or socks5 address')
}
