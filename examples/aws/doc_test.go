// Package aws_test holds the tests of the deployment on AWS: of the template, of what the
// template and the programs must agree on, and of the script that deploys them.
package aws_test
