/** How a person's session is kept: the token in memory, renewed by whoever holds the refresh cookie. */
export interface Session {
  /** The access token, or undefined for nobody. */
  getAccessToken(): Promise<string | undefined> | string | undefined
  /** The token was refused: answers with another one, or undefined when there is none to be had. */
  onUnauthorized?(): Promise<string | undefined>
}

export interface Credential {
  read(): Promise<string | undefined>
  headers(token: string): Record<string, string>
  /** Another token than the one that was refused. Requests that are refused at once share one renewal. */
  renew(refused: string | undefined): Promise<string | undefined>
}

export function createCredential({ apiKey, session }: { apiKey?: string; session?: Session }): Credential {
  if (apiKey !== undefined) {
    return {
      read: async () => apiKey,
      headers: token => ({ 'x-api-key': token }),
      renew: async () => undefined
    }
  }
  let renewing: Promise<string | undefined> | undefined

  async function renew(refused: string | undefined): Promise<string | undefined> {
    const current = await session?.getAccessToken()
    // Another request has had it renewed meanwhile.
    if (current !== undefined && current !== refused) return current
    renewing ??= Promise.resolve(session?.onUnauthorized?.()).finally(() => {
      renewing = undefined
    })
    return renewing
  }

  return {
    read: async () => session?.getAccessToken(),
    headers: token => ({ authorization: `Bearer ${token}` }),
    renew
  }
}
