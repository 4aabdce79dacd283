// Package arch holds the rules of the tree as ordinary tests: who may import
// whom, and how long a function or file may grow.
package arch
