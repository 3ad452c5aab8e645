/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rtmsh264filler.h"

/* Each macroblock of a key frame is predicted from its neighbours' mean
 * (Intra 16x16, DC). The first has none, which stands for 128, and brings one
 * coefficient that makes it 16, black; all others are a byte each. What
 * repeats a picture is a slice that skips every macroblock.
 *
 * Names are those of ITU-T H.264, 7.3 and 9.2. */

#define MB_SIZE 16
#define MAX_FRAME_NUM_BITS 4
#define MAX_FRAME_NUM (1u << MAX_FRAME_NUM_BITS)
/* Macroblocks that a level allows in a picture, Table A-1. */
#define LEVEL_3_1_MBS 3600
#define LEVEL_4_MBS 8192

#define PROFILE_BASELINE 66
/* constraint_set0_flag and constraint_set1_flag: Constrained Baseline */
#define CONSTRAINT_SETS 0xc0

enum {
  NAL_SLICE = 0x41,             /* with nal_ref_idc 2 */
  NAL_SLICE_IDR = 0x65,
  NAL_SPS = 0x67,
  NAL_PPS = 0x68,
};

enum {
  SLICE_TYPE_P = 5,             /* all slices of the picture are P */
  SLICE_TYPE_I = 7,
};

/* mb_type of Intra 16x16 by DC, without chroma and AC coefficients. */
#define MB_TYPE_I_16X16_DC 3

/* At QP 34 a DC level is worth 128 of the 64ths that a sample is made of:
 * -56 levels are -112, and 128 - 112 is black. Their VLC has level_prefix 15
 * and the suffix 79. */
#define SLICE_QP_DELTA 8
#define LEVEL_PREFIX 15
#define LEVEL_SUFFIX_BITS 12
#define LEVEL_SUFFIX 79

struct _RtmsH264Filler
{
  guint width;
  guint height;
  guint n_mbs;
  guint frame_num;
  guint idr_pic_id;
};

/* A NAL unit being written. */
typedef struct {
  GByteArray *bytes;
  guint8 pending;
  guint n_pending;              /* bits */
  guint n_zeros;                /* bytes that were 0 */
} Writer;

static void
put_byte (Writer *writer, guint8 byte)
{
  const guint8 emulation_prevention = 3;

  if (writer->n_zeros >= 2 && byte <= 3) {
    g_byte_array_append (writer->bytes, &emulation_prevention, 1);
    writer->n_zeros = 0;
  }
  g_byte_array_append (writer->bytes, &byte, 1);
  writer->n_zeros = byte ? 0 : writer->n_zeros + 1;
}

static void
put (Writer *writer, guint value, guint n_bits)
{
  while (n_bits-- > 0) {
    writer->pending = (guint8) (writer->pending << 1
        | ((value >> n_bits) & 1));
    if (++writer->n_pending == 8) {
      put_byte (writer, writer->pending);
      writer->n_pending = 0;
    }
  }
}

/* ue(v) */
static void
put_golomb (Writer *writer, guint value)
{
  guint n_bits = g_bit_storage (value + 1);

  put (writer, 0, n_bits - 1);
  put (writer, value + 1, n_bits);
}

static void
put_signed_golomb (Writer *writer, gint value)
{
  put_golomb (writer, value > 0 ? (guint) value * 2 - 1
      : (guint) -value * 2);
}

static void
begin_nal (Writer *writer, GByteArray *bytes, guint8 header)
{
  static const guint8 start_code[] = { 0, 0, 0, 1 };

  *writer = (Writer) { .bytes = bytes };
  g_byte_array_append (bytes, start_code, sizeof start_code);
  put_byte (writer, header);
}

/* rbsp_trailing_bits */
static void
end_nal (Writer *writer)
{
  put (writer, 1, 1);
  while (writer->n_pending)
    put (writer, 0, 1);
}

static guint
get_level (const RtmsH264Filler *filler)
{
  if (filler->n_mbs <= LEVEL_3_1_MBS)
    return 31;
  return filler->n_mbs <= LEVEL_4_MBS ? 40 : 51;
}

static guint
to_mbs (guint size)
{
  return (size + MB_SIZE - 1) / MB_SIZE;
}

static void
write_sps (const RtmsH264Filler *filler, GByteArray *bytes)
{
  guint width_mbs = to_mbs (filler->width);
  guint height_mbs = to_mbs (filler->height);
  guint right = width_mbs * MB_SIZE - filler->width;
  guint bottom = height_mbs * MB_SIZE - filler->height;
  Writer writer;

  begin_nal (&writer, bytes, NAL_SPS);
  put (&writer, PROFILE_BASELINE, 8);
  put (&writer, CONSTRAINT_SETS, 8);
  put (&writer, get_level (filler), 8);
  put_golomb (&writer, 0);      /* seq_parameter_set_id */
  put_golomb (&writer, MAX_FRAME_NUM_BITS - 4);
  put_golomb (&writer, 2);      /* pic_order_cnt_type: as decoded */
  put_golomb (&writer, 1);      /* max_num_ref_frames */
  put (&writer, 0, 1);          /* gaps_in_frame_num_value_allowed_flag */
  put_golomb (&writer, width_mbs - 1);
  put_golomb (&writer, height_mbs - 1);
  put (&writer, 1, 1);          /* frame_mbs_only_flag */
  put (&writer, 1, 1);          /* direct_8x8_inference_flag */
  put (&writer, right || bottom, 1);    /* frame_cropping_flag */
  if (right || bottom) {
    /* in units of two samples, for 4:2:0 */
    put_golomb (&writer, 0);
    put_golomb (&writer, right / 2);
    put_golomb (&writer, 0);
    put_golomb (&writer, bottom / 2);
  }
  put (&writer, 0, 1);          /* vui_parameters_present_flag */
  end_nal (&writer);
}

static void
write_pps (GByteArray *bytes)
{
  Writer writer;

  begin_nal (&writer, bytes, NAL_PPS);
  put_golomb (&writer, 0);      /* pic_parameter_set_id */
  put_golomb (&writer, 0);      /* seq_parameter_set_id */
  put (&writer, 0, 1);          /* entropy_coding_mode_flag: CAVLC */
  put (&writer, 0, 1);          /* bottom_field_pic_order_... */
  put_golomb (&writer, 0);      /* num_slice_groups_minus1 */
  put_golomb (&writer, 0);      /* num_ref_idx_l0_default_active_minus1 */
  put_golomb (&writer, 0);      /* num_ref_idx_l1_default_active_minus1 */
  put (&writer, 0, 1);          /* weighted_pred_flag */
  put (&writer, 0, 2);          /* weighted_bipred_idc */
  put_signed_golomb (&writer, 0);       /* pic_init_qp_minus26 */
  put_signed_golomb (&writer, 0);       /* pic_init_qs_minus26 */
  put_signed_golomb (&writer, 0);       /* chroma_qp_index_offset */
  put (&writer, 1, 1);          /* deblocking_filter_control_present_flag */
  put (&writer, 0, 1);          /* constrained_intra_pred_flag */
  put (&writer, 0, 1);          /* redundant_pic_cnt_present_flag */
  end_nal (&writer);
}

static void
put_slice_start (const RtmsH264Filler *filler, Writer *writer,
    guint slice_type)
{
  put_golomb (writer, 0);       /* first_mb_in_slice */
  put_golomb (writer, slice_type);
  put_golomb (writer, 0);       /* pic_parameter_set_id */
  put (writer, filler->frame_num, MAX_FRAME_NUM_BITS);
}

static void
put_macroblock (Writer *writer, gboolean is_first)
{
  put_golomb (writer, MB_TYPE_I_16X16_DC);
  put_golomb (writer, 0);       /* intra_chroma_pred_mode: DC */
  put_signed_golomb (writer, 0);        /* mb_qp_delta */
  if (!is_first) {
    put (writer, 1, 1);         /* coeff_token: none */
    return;
  }
  put (writer, 5, 6);           /* coeff_token: one, not a trailing one */
  put (writer, 1, LEVEL_PREFIX + 1);
  put (writer, LEVEL_SUFFIX, LEVEL_SUFFIX_BITS);
  put (writer, 1, 1);           /* total_zeros: 0 */
}

/**
 * rtms_h264_filler_new:
 * @width: in pixels, even
 * @height: in pixels, even
 */
RtmsH264Filler *
rtms_h264_filler_new (guint width, guint height)
{
  RtmsH264Filler *filler = g_new0 (RtmsH264Filler, 1);

  filler->width = width;
  filler->height = height;
  filler->n_mbs = to_mbs (width) * to_mbs (height);
  return filler;
}

void
rtms_h264_filler_free (RtmsH264Filler *filler)
{
  g_free (filler);
}

/**
 * rtms_h264_filler_create_key_frame:
 * @filler: a filler
 *
 * Returns: (transfer full): a black picture with its parameter sets
 */
GByteArray *
rtms_h264_filler_create_key_frame (RtmsH264Filler *filler)
{
  GByteArray *bytes = g_byte_array_new ();
  Writer writer;

  filler->frame_num = 0;
  write_sps (filler, bytes);
  write_pps (bytes);
  begin_nal (&writer, bytes, NAL_SLICE_IDR);
  put_slice_start (filler, &writer, SLICE_TYPE_I);
  /* Two key frames in a row must differ in it. */
  put_golomb (&writer, filler->idr_pic_id);
  filler->idr_pic_id ^= 1;
  put (&writer, 0, 1);          /* no_output_of_prior_pics_flag */
  put (&writer, 0, 1);          /* long_term_reference_flag */
  put_signed_golomb (&writer, SLICE_QP_DELTA);
  put_golomb (&writer, 1);      /* disable_deblocking_filter_idc */
  for (guint i = 0; i < filler->n_mbs; i++)
    put_macroblock (&writer, i == 0);
  end_nal (&writer);
  return bytes;
}

/**
 * rtms_h264_filler_create_repeat:
 * @filler: a filler that has given a key frame
 *
 * Returns: (transfer full): a frame that shows the one before again
 */
GByteArray *
rtms_h264_filler_create_repeat (RtmsH264Filler *filler)
{
  GByteArray *bytes = g_byte_array_new ();
  Writer writer;

  filler->frame_num = (filler->frame_num + 1) % MAX_FRAME_NUM;
  begin_nal (&writer, bytes, NAL_SLICE);
  put_slice_start (filler, &writer, SLICE_TYPE_P);
  put (&writer, 0, 1);          /* num_ref_idx_active_override_flag */
  put (&writer, 0, 1);          /* ref_pic_list_modification_flag_l0 */
  put (&writer, 0, 1);          /* adaptive_ref_pic_marking_mode_flag */
  put_signed_golomb (&writer, SLICE_QP_DELTA);
  put_golomb (&writer, 1);      /* disable_deblocking_filter_idc */
  put_golomb (&writer, filler->n_mbs);  /* mb_skip_run */
  end_nal (&writer);
  return bytes;
}
