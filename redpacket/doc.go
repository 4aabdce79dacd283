// Package redpacket is for red packets: money a sender puts into a chat for
// others to open, shared out equally or by luck.
//
// It holds no code yet. Its operations, 67 to 76 of the API document, are among
// the pending ones of httpapi's route table, which refuse every call.
package redpacket
