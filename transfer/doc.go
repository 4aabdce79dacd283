// Package transfer is for transfers: money from one person to another, to be
// received or returned.
//
// It holds no code yet. Its operations, 77 to 79 of the API document, are among
// the pending ones of httpapi's route table, which refuse every call.
package transfer
