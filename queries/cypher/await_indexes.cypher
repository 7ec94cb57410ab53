// name: await_indexes
// purpose: wait until every index is there
// params: seconds INTEGER
CALL db.awaitIndexes($seconds);
