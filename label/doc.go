// Package label keeps labels: private groupings of one's contacts and groups,
// used for example to choose who sees something.
//
// A label belongs to its owner, and nobody else sees or changes it; to others it
// is as if it did not exist. It names people and groups without owning them:
// removing a label removes no contact, and who is no longer a contact, or which
// group its owner has left, is left out of what is shown but comes back with the
// friendship or the membership, unless the label was replaced in between.
package label
