/**
 * What ECS answers of a task or a twin may be so many milliseconds old; it names no bound. What such a read lacks, or shows
 * where it cannot be, is looked at again.
 */
export const lateReadMs = 15_000;
