import { createGunzip } from 'node:zlib'
import type { Dispatcher } from 'undici'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { bodyMax, type Exchange, type ExchangeAnswer, tooLarge } from './exchange.ts'

/** One request over connections that are there, or are made. @throws what the connection or the decoder threw */
export async function exchangeOver(
  dispatcher: Dispatcher,
  origin: string,
  exchange: Exchange,
): Promise<Outcome<ExchangeAnswer, string>> {
  const { statusCode, statusText, headers, body } = await dispatcher.request({
    origin,
    path: `${exchange.url.pathname}${exchange.url.search}`,
    method: exchange.method as Dispatcher.HttpMethod,
    headers: Object.fromEntries(exchange.headers),
    ...(exchange.body !== undefined && { body: exchange.body }),
    signal: exchange.signal,
  })
  const text = await readText(body, headers['content-encoding'] === 'gzip')
  return text.ok ? success({ status: statusCode, statusText, headers, body: text.value }) : text
}

/** What is larger than allowed is not read to its end. @throws what the connection or the decoder threw */
async function readText(body: Dispatcher.ResponseData['body'], isGzip: boolean): Promise<Outcome<string, string>> {
  const chunks: Uint8Array[] = []
  let size = 0
  const source = isGzip ? body.pipe(createGunzip()) : body
  if (isGzip) body.on('error', (error) => source.destroy(error))
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > bodyMax) {
      body.on('error', () => undefined)
      body.destroy()
      return failure(tooLarge)
    }
    chunks.push(chunk)
  }
  return success(Buffer.concat(chunks).toString('utf8'))
}
