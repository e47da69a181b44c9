import { z } from 'zod'

/** What a client may send under `template`. Titles, descriptions and examples become the form, the reference and the CLI's flags. */
export interface TemplateOptions {
  readonly visibility: 'public' | 'private'
}

export const options = z
  .strictObject({
    visibility: z
      .enum(['public', 'private'])
      .default('public')
      .meta({ title: 'Visibility', description: 'Who can see the video.' })
  })
  .meta({ title: 'Template' })

/** What is posted where no options were sent. */
export const DEFAULTS: TemplateOptions = { visibility: 'public' }
