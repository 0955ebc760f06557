/** What the shell has to do to deliver one notification. */
export type Delivery =
  | {
      readonly kind: 'http'
      readonly requests: readonly HttpRequest[]
      /** Delivered when this many of the requests were. */
      readonly enough: 'all' | 'one'
      readonly retry: Retry
    }
  | SlackDelivery
  | EmailDelivery
  | { readonly kind: 'desktop'; readonly title: string; readonly body: string }

export interface HttpRequest {
  readonly method: HttpMethod
  readonly url: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
  readonly timeoutMs: number
  readonly insecure: boolean
}

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface Retry {
  /** Times after the first. */
  readonly max: number
  readonly waitMinMs: number
  readonly waitMaxMs: number
}

/** A message of Slack; where it goes to, in a thread or in place of another one, depends on those before it. */
export interface SlackDelivery {
  readonly kind: 'slack'
  /** Ends with `/`. */
  readonly apiURL: string
  readonly token: string
  readonly insecure: boolean
  readonly channel: string
  readonly message: Readonly<Record<string, unknown>>
  /** Messages of one key make a thread; empty: none. */
  readonly groupingKey: string
  readonly broadcast: boolean
  readonly policy: 'Post' | 'PostAndUpdate' | 'Update'
}

export interface EmailDelivery {
  readonly kind: 'email'
  readonly server: {
    readonly host: string
    readonly port: number
    readonly insecure: boolean
    readonly username: string
    readonly password: string
  }
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly body: string
  readonly isHtml: boolean
}
