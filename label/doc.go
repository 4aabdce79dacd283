// Package label is for labels: private groupings of one's contacts and groups.
//
// It holds no code yet. Its operations, 80 to 84 of the API document, are among
// the pending ones of httpapi's route table, which refuse every call.
package label
