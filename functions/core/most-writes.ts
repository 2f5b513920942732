/** How many writes a transaction takes. Source: Amazon DynamoDB developer guide, "TransactWriteItems". */
export const MOST_WRITES = 100;
