import { Duration } from 'aws-cdk-lib';
import { HeadersFrameOption, HeadersReferrerPolicy, ResponseHeadersPolicy } from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';

/** What a page may load and talk to. */
export interface SecurityHeadersProps {
  /** Origins that scripts may call besides their own. */
  connectTo: readonly string[];
  /**
   * Origins that pictures, sounds and videos may come from besides their own.
   * @default - none
   */
  showFrom?: readonly string[];
  /**
   * Styles within the page and made by scripts, as the reader of the API's documents has them.
   * @default false
   */
  inlineStyles?: boolean;
}

const permissions = ['camera', 'geolocation', 'microphone', 'payment', 'usb']
  .map((feature) => `${feature}=()`)
  .join(', ');

/** The content security policy of a page: everything from our own origin, nothing inline. */
export const contentSecurityPolicy = ({
  connectTo,
  showFrom = [],
  inlineStyles = false,
}: SecurityHeadersProps): string =>
  [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self'${inlineStyles ? ` 'unsafe-inline'` : ''}`,
    ['img-src', `'self'`, 'data:', ...showFrom].join(' '),
    ['media-src', `'self'`, ...showFrom].join(' '),
    `font-src 'self'`,
    ['connect-src', `'self'`, ...connectTo].join(' '),
    `manifest-src 'self'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ');

/**
 * The headers that keep a page to itself. The referrer stays within the site, for the address of a checkout carries its
 * code.
 */
export class SecurityHeaders extends ResponseHeadersPolicy {
  constructor(scope: Construct, id: string, props: SecurityHeadersProps) {
    super(scope, id, {
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: contentSecurityPolicy(props), override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.SAME_ORIGIN, override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(730), includeSubdomains: true, override: true },
      },
      customHeadersBehavior: {
        customHeaders: [{ header: 'permissions-policy', value: permissions, override: true }],
      },
    });
  }
}
