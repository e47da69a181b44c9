import { z } from 'zod'

export const PRIVACY = {
  PUBLIC_TO_EVERYONE: 'Everyone',
  FOLLOWER_OF_CREATOR: 'Followers',
  MUTUAL_FOLLOW_FRIENDS: 'Friends',
  SELF_ONLY: 'Only me'
} as const
export type PrivacyLevel = keyof typeof PRIVACY
export const PRIVACY_LEVELS = Object.keys(PRIVACY) as [PrivacyLevel, ...PrivacyLevel[]]

/** What is stored with a delivery. */
export interface TiktokOptions {
  readonly privacyLevel: PrivacyLevel
  readonly allowComment: boolean
  readonly allowDuet: boolean
  readonly allowStitch: boolean
  readonly commercialContent?: boolean | undefined
  readonly yourBrand: boolean
  readonly brandedContent: boolean
  readonly aiGenerated: boolean
  readonly coverTimestampMs?: number | undefined
}

/*
 * developers.tiktok.com/docs/en/content-sharing-guidelines binds the form: no visibility is chosen beforehand, comments, duets and stitches
 * are off until somebody switches them on, and so is the disclosure. The quoted sentences are the page's own.
 */
export const options = z
  .strictObject({
    privacyLevel: z.enum(PRIVACY_LEVELS).meta({
      title: 'Who can see this video',
      description:
        'TikTok wants the sender to choose: there is no default. What an account offers is among its choices.',
      examples: ['PUBLIC_TO_EVERYONE'],
      labels: PRIVACY,
      visibility: true
    }),
    allowComment: z
      .boolean()
      .default(false)
      .meta({ title: 'Allow comments', description: 'Off until you switch it on.' }),
    allowDuet: z.boolean().default(false).meta({ title: 'Allow duets', description: 'Off until you switch it on.' }),
    allowStitch: z
      .boolean()
      .default(false)
      .meta({ title: 'Allow stitches', description: 'Off until you switch it on.' }),
    commercialContent: z.boolean().optional().meta({
      title: 'Disclose commercial content',
      description:
        'The video promotes yourself, a third party, or both. Say which: your brand, branded content, or both.'
    }),
    yourBrand: z.boolean().default(false).meta({
      title: 'Your brand',
      description: "You promote yourself or your own business. Your video will be labeled as 'Promotional content'."
    }),
    brandedContent: z.boolean().default(false).meta({
      title: 'Branded content',
      description: "You promote another brand or a third party. Your video will be labeled as 'Paid partnership'."
    }),
    aiGenerated: z
      .boolean()
      .default(false)
      .meta({ title: 'Made with AI', description: 'TikTok labels the video as AI-generated.' }),
    coverTimestampMs: z
      .int()
      .min(0)
      .max(2_147_483_647)
      .optional()
      .meta({
        title: 'Cover',
        advanced: true,
        description: 'The frame that becomes the cover, in milliseconds from the start. Without it: the first frame.',
        examples: [1000]
      })
  })
  .superRefine((o, ctx) => {
    const fault = (path: string, code: string, message: string): void =>
      ctx.addIssue({ code: 'custom', path: [path], message, params: { code } })
    const isDisclosed = o.yourBrand || o.brandedContent
    if (o.commercialContent === true && !isDisclosed)
      fault(
        'commercialContent',
        'required',
        'You need to indicate if your content promotes yourself, a third party, or both.'
      )
    if (o.commercialContent === false && isDisclosed)
      fault(
        'commercialContent',
        'invalid_value',
        'yourBrand and brandedContent need commercialContent: leave it out or switch it on.'
      )
    if (o.brandedContent && o.privacyLevel === 'SELF_ONLY')
      fault('brandedContent', 'invalid_value', 'Branded content visibility cannot be set to private.')
  })
  .meta({ title: 'TikTok' })

/** What the sender declares: the sentence that the same page demands next to the button. */
export function consent({ brandedContent }: TiktokOptions): string {
  const music = 'Music Usage Confirmation (https://www.tiktok.com/legal/page/global/music-usage-confirmation/en)'
  const branded = 'Branded Content Policy (https://www.tiktok.com/legal/page/global/bc-policy/en)'
  return `By posting, you agree to TikTok's ${brandedContent ? `${branded} and ${music}` : music}`
}
