package jobstoretest

// Cases is for the tests of the suite.
var Cases = cases
