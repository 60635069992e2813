/** The account in an ARN; undefined where the ARN names none or the text is no ARN. */
export const accountOfArn = (arn: string): string | undefined => {
  const account = arn.split(':')[4];
  return account === '' ? undefined : account;
};

/** `name` of `arn:aws:iam::123456789012:role/path/name`. */
export const nameOfArn = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
