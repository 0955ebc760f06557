import { parseInteger } from '#lib/int-or-string.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { MeasureContext } from '../provider.ts'

export interface NewRelicAccount {
  readonly url: string
  readonly apiKey: string
  readonly accountId: number
}

const nerdGraph: Readonly<Record<string, string>> = {
  us: 'https://api.newrelic.com/graphql',
  eu: 'https://api.eu.newrelic.com/graphql',
  jp: 'https://api.jp.newrelic.com/graphql',
  gov: 'https://gov-api.newrelic.com/graphql',
  fedramp: 'https://gov-api.newrelic.com/graphql',
  staging: 'https://staging-api.newrelic.com/graphql',
  local: 'http://localhost:3000/graphql',
}

/** The account of a profile (PRV-602). The reference tells the number that cannot be read; it may be a key in the wrong place. */
export async function readAccount(
  profile: string,
  { secret, settings }: MeasureContext,
): Promise<Outcome<NewRelicAccount, string>> {
  const read = await secret(settings.controllerNamespace, profile)
  if (!read.ok) return read
  const { 'personal-api-key': apiKey = '', 'account-id': account = '', region = 'us' } = read.value
  if (apiKey === '' || account === '') return failure('account ID or personal API key not found')
  const known = region.toLowerCase()
  const url = Object.hasOwn(nerdGraph, known) ? nerdGraph[known] : undefined
  if (url === undefined) return failure(region === '' ? 'unknown region' : `unknown region: ${region}`)
  const accountId = parseInteger(account)
  if (accountId === undefined || !Number.isSafeInteger(accountId))
    return failure('could not parse account ID: invalid syntax')
  return success({ url: read.value['base-url-nerdgraph'] || url, apiKey, accountId })
}
